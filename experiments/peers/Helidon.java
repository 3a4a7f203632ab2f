///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The article's server on Helidon SE, its tasks on virtual threads
//JAVA 25+
//DEPS io.helidon.webserver:helidon-webserver:4.5.0
//SOURCES Contract.java

/*
 * Peer       Helidon SE, a ThreadPoolSupplier of virtual threads
 * Plateau    none: a virtual thread for each task; without virtualThreads(true) the pool's corePoolSize, 10
 * Run it     jbang experiments/peers/Helidon.java
 */

import module java.base;
import module java.logging;
import io.helidon.common.Version;
import io.helidon.common.configurable.ThreadPoolSupplier;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.*;
import peers.Contract;

class Helidon {

    static final ExecutorService executor = ThreadPoolSupplier.create(pool -> pool.name("background").virtualThreads(true)).get();
    static Contract contract;

    static void main(String... args) throws IOException {
        contract = new Contract(args);
        Logger.getLogger("").setLevel(Level.WARNING); // else it tells how it starts
        var http = WebServer.builder().host("127.0.0.1").port(contract.port)
                .routing(routing -> routing.get("/", Helidon::endpoint))
                .build().start();
        if (!http.isRunning()) System.exit(1); // the log has said why
        contract.listening("Helidon " + Version.VERSION, http.port());
    }

    static void endpoint(ServerRequest request, ServerResponse response) {
        var asAsync = request.query().first("as_async").orElse("0");
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(contract.leave(asAsync, Helidon::blocking, Helidon::later));
    }

    static CompletionStage<?> blocking(Runnable task) {
        return CompletableFuture.runAsync(task, executor);
    }

    /** Helidon has no timer for one moment: it waits on a virtual thread, which keeps no other from working. */
    static CompletionStage<?> later(Duration time) {
        var due = new CompletableFuture<>();
        executor.submit(() -> {
            Thread.sleep(time);
            return due.complete(null);
        });
        return due;
    }
}
