import module java.base;

/** Clients that the faults need: many at once, at a pace, and slow ones. */
final class Crowd {

    private static final int CONNECTIONS = 16;

    private Crowd() {}

    /** Sends so many requests over some connections, sync and async in turn; how many were acknowledged. */
    static long requests(URI url, long many) {
        return paced(url, many, 0);
    }

    /** The same, each a time (ns) after the one before, if the connections are free by then. */
    static long paced(URI url, long many, long apart) {
        var next = new AtomicLong();
        var acknowledged = new AtomicLong();
        var begun = System.nanoTime();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var caller = 0; caller < CONNECTIONS; caller++) callers.execute(() -> {
                try (var socket = new Socket(url.getHost(), url.getPort())) {
                    var answers = new BufferedReader(new InputStreamReader(socket.getInputStream()));
                    for (var number = next.getAndIncrement(); number < many; number = next.getAndIncrement()) {
                        for (var due = begun + number * apart; System.nanoTime() < due;)
                            LockSupport.parkNanos(due - System.nanoTime());
                        socket.getOutputStream()
                                .write(("GET /?as_async=" + number % 2 + " HTTP/1.1\r\nHost: x\r\n\r\n")
                                        .getBytes());
                        if (!String.valueOf(answers.readLine()).contains(" 200")) return;
                        while (!answers.readLine().isEmpty()) {} // headers
                        for (var letter = 0; letter < "\"ok\"".length(); letter++) answers.read();
                        acknowledged.incrementAndGet();
                    }
                } catch (IOException | NullPointerException killed) { // the server, in the middle of an answer
                }
            });
        }
        return acknowledged.get();
    }

    /** Sends a byte a second on each. */
    static void dribble(List<Socket> sockets) {
        var request = "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: %s\r\n\r\n".formatted("a".repeat(1_000)).getBytes();
        for (var at = 0; !Thread.currentThread().isInterrupted(); at++) {
            for (var socket : sockets) try {
                socket.getOutputStream().write(request[at]);
            } catch (IOException closed) { // by a server that waits no longer
            }
            LockSupport.parkNanos(1_000_000_000);
        }
    }
}
