///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The article's server on Eclipse Vert.x, its tasks in executeBlocking
//JAVA 25+
//DEPS io.vertx:vertx-core:5.1.6
//SOURCES Contract.java

/*
 * Peer       Vert.x, executeBlocking
 * Plateau    1: ordered, and a server's requests share one context; executeBlocking(task, false) makes it 20, VertxOptions.setWorkerPoolSize
 * Run it     jbang experiments/peers/Vertx.java
 */

import module java.base;
import io.vertx.core.http.HttpServerRequest;
import peers.Contract;

class Vertx {

    static final io.vertx.core.Vertx vertx = io.vertx.core.Vertx.vertx();
    static Contract contract;

    static void main(String... args) throws IOException {
        contract = new Contract(args);
        vertx.createHttpServer().requestHandler(Vertx::answer).listen(contract.port, "127.0.0.1").onComplete(
                http -> contract.listening("Vert.x " + version(), http.actualPort()),
                refused -> {
                    System.err.println("ERROR:    " + refused);
                    System.exit(1);
                });
    }

    static void answer(HttpServerRequest request) {
        if (!request.path().equals("/")) {
            request.response().setStatusCode(404).end();
            return;
        }
        request.response().putHeader("Content-Type", "application/json")
                .end(contract.leave(request.getParam("as_async"), Vertx::blocking, Vertx::later));
    }

    static CompletionStage<?> blocking(Runnable task) {
        return vertx.executeBlocking(Executors.callable(task)).toCompletionStage();
    }

    static CompletionStage<?> later(Duration time) {
        return vertx.timer(time.toNanos(), TimeUnit.NANOSECONDS).toCompletionStage();
    }

    static String version() {
        return io.vertx.core.Vertx.class.getPackage().getImplementationVersion();
    }
}
