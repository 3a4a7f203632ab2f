///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The article's server on the JDK's HttpServer, its tasks in CompletableFuture.runAsync
//JAVA 25+
//SOURCES Contract.java

/*
 * Peer       JDK HttpServer, CompletableFuture.runAsync
 * Plateau    7 on 8 CPUs, CPUs - 1: java.util.concurrent.ForkJoinPool.common.parallelism
 * Run it     jbang experiments/peers/CommonPool.java
 */

import module java.base;
import module jdk.httpserver;
import peers.Contract;

class CommonPool {

    static void main(String... args) throws IOException {
        var contract = new Contract(args);
        System.setProperty("sun.net.httpserver.maxIdleConnections", "1000000");
        var http = HttpServer.create(new InetSocketAddress("127.0.0.1", contract.port), 16_384);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", exchange -> {
            var query = Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), "as_async=0");
            var answer = contract.leave(query.replace("as_async=", ""), CompletableFuture::runAsync, CommonPool::later).getBytes();
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            try (var body = exchange.getResponseBody()) {
                body.write(answer);
            }
        });
        http.start();
        contract.listening("JDK " + Runtime.version().feature(), http.getAddress().getPort());
    }

    static CompletionStage<?> later(Duration time) {
        return CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS));
    }
}
