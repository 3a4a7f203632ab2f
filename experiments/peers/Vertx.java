///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The article's server on Eclipse Vert.x, its tasks in executeBlocking
//JAVA 25+
//DEPS io.vertx:vertx-core:5.1.6
//SOURCES Contract.java

/*
 * Peer       Vert.x, executeBlocking
 * Note       Such tasks run one after the other, and a server's requests share one context. If they may run unordered,
 *            executeBlocking(task, false), 20 run concurrently: VertxOptions.setWorkerPoolSize.
 * Run it     jbang experiments/peers/Vertx.java
 */

import module java.base;
import io.vertx.core.http.*;
import peers.Contract;

class Vertx {

    static final io.vertx.core.Vertx vertx = io.vertx.core.Vertx.vertx();
    static Contract contract;

    static void main(String... args) {
        contract = new Contract(args, "Vert.x, executeBlocking", 1,
                "one after the other: executeBlocking(task, ordered)");
        vertx.createHttpServer().requestHandler(Vertx::endpoint).listen(contract.port, "127.0.0.1")
                .onSuccess(http -> contract.listening("Vert.x " + version(), http.actualPort()));
    }

    static void endpoint(HttpServerRequest request) {
        var response = request.response().putHeader("Content-Type", "application/json");
        if (!request.path().equals("/") || request.method() != HttpMethod.GET) {
            response.setStatusCode(404).end("\"Not Found\"");
            return;
        }
        try {
            var asAsync = request.params().contains("as_async") ? request.params().getAll("as_async").getLast() : "0";
            var task = contract.accept(new BigInteger(asAsync));
            response.end("\"ok\"").onComplete(_ -> contract.begin(task, Vertx::blocking, Vertx::waiting));
        } catch (NumberFormatException notAnInteger) {
            response.setStatusCode(400).end("\"as_async is not an integer\"");
        }
    }

    static CompletionStage<?> blocking(Runnable task) {
        return vertx.executeBlocking(Executors.callable(task)).toCompletionStage();
    }

    static CompletionStage<?> waiting(Duration time) {
        return vertx.timer(time.toNanos(), TimeUnit.NANOSECONDS).toCompletionStage();
    }

    static String version() {
        return io.vertx.core.Vertx.class.getPackage().getImplementationVersion();
    }
}
