///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The article's server on the JDK's HttpServer, its tasks in CompletableFuture.runAsync
//JAVA 25+
//SOURCES Contract.java

/*
 * Peer       JDK HttpServer, CompletableFuture.runAsync
 * Asked in   Caffeine's issue 323
 * Run it     jbang experiments/peers/CommonPool.java
 */

import module java.base;
import module jdk.httpserver;
import peers.Contract;

class CommonPool {

    static Contract contract;

    static void main(String... args) throws IOException {
        contract = new Contract(args, "JDK HttpServer, CompletableFuture.runAsync", 7,
                "CPUs - 1: java.util.concurrent.ForkJoinPool.common.parallelism");
        System.setProperty("sun.net.httpserver.maxIdleConnections", "1000000"); // it keeps 200, and closes the others
        var http = HttpServer.create(new InetSocketAddress("127.0.0.1", contract.port), 16_384);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", CommonPool::endpoint);
        http.start();
        contract.listening("JDK %d's HttpServer".formatted(Runtime.version().feature()), http.getAddress().getPort());
    }

    static void endpoint(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals("/") || !exchange.getRequestMethod().equals("GET")) {
            answer(exchange, 404, "Not Found");
            return;
        }
        try {
            var task = contract.accept(asAsync(exchange.getRequestURI()));
            try {
                answer(exchange, 200, "ok");
            } finally { // a client that hung up has asked for the tasks all the same
                contract.begin(task, CompletableFuture::runAsync, CommonPool::waiting);
            }
        } catch (NumberFormatException notAnInteger) {
            answer(exchange, 422, "as_async is not an integer");
        }
    }

    /** The last as_async of the query, 0 if there is none. */
    static BigInteger asAsync(URI uri) {
        var parameters = ("as_async=0&" + uri.getQuery()).split("&");
        var values = Stream.of(parameters).filter(parameter -> parameter.startsWith("as_async="));
        return new BigInteger(values.toList().getLast().substring("as_async=".length()));
    }

    static void answer(HttpExchange exchange, int status, String answer) throws IOException {
        var json = "\"%s\"".formatted(answer).getBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, json.length);
        try (var body = exchange.getResponseBody()) { // closing it sends what is left
            body.write(json);
        }
    }

    static CompletionStage<?> waiting(Duration time) {
        return new CompletableFuture<>().completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
