///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The article's server on Helidon SE, its tasks on virtual threads
//JAVA 25+
//DEPS io.helidon.webserver:helidon-webserver:4.5.0
//SOURCES Contract.java

/*
 * Peer       Helidon SE, a ThreadPoolSupplier of virtual threads
 * Note       Without virtualThreads(true), 10 tasks run concurrently: the pool's corePoolSize.
 * Run it     jbang experiments/peers/Helidon.java
 */

import module java.base;
import module java.logging;
import io.helidon.common.Version;
import io.helidon.common.configurable.ThreadPoolSupplier;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.*;
import peers.Contract;

class Helidon {

    static final ExecutorService executor =
            ThreadPoolSupplier.create(pool -> pool.name("background").virtualThreads(true)).get();
    static Contract contract;

    static void main(String... args) {
        contract = new Contract(args, "Helidon SE, a ThreadPoolSupplier of virtual threads", null,
                "a virtual thread for each task: ThreadPoolSupplier.Builder.virtualThreads(true)");
        Logger.getLogger("").setLevel(Level.WARNING); // else it tells how it starts
        var http = WebServer.builder().host("127.0.0.1").port(contract.port)
                .routing(routing -> routing.get("/", Helidon::endpoint)
                        .error(NumberFormatException.class, Helidon::refuse))
                .build().start();
        contract.listening("Helidon " + Version.VERSION, http.port());
    }

    /** Runs on a virtual thread, which writes the answer itself: it is out when send returns. */
    static void endpoint(ServerRequest request, ServerResponse response) {
        var asAsync = request.query().all("as_async", () -> List.of("0")).getLast();
        var task = contract.accept(new BigInteger(asAsync));
        try {
            response.header(HeaderValues.CONTENT_TYPE_JSON).send("\"ok\"");
        } finally { // a client that hung up has asked for the tasks all the same
            contract.begin(task, Helidon::blocking, Helidon::waiting);
        }
    }

    static void refuse(ServerRequest request, ServerResponse response, NumberFormatException notAnInteger) {
        response.status(Status.BAD_REQUEST_400).send("as_async is not an integer");
    }

    static CompletionStage<?> blocking(Runnable task) {
        return CompletableFuture.runAsync(task, executor);
    }

    /** Helidon has no timer of its own: it waits on a virtual thread, which keeps no other from working. */
    static CompletionStage<?> waiting(Duration time) {
        var due = new CompletableFuture<>();
        executor.submit(() -> {
            Thread.sleep(time);
            return due.complete(null);
        });
        return due;
    }
}
