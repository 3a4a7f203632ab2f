import module java.base;

/** Connections by the thousand that are idle, slow or deaf, and what a healthy client notices of them. */
final class SlowClients {

    private static final int IDLE = 10_000, SLOW = 2_000, DEAF = 500, GETS = 500;
    private static final Duration APART = Duration.ofMillis(10); // the healthy client's requests
    static final String WHAT = "%,d idle connections, %,d that send a byte a second, %d that never read"
            .formatted(IDLE, SLOW, DEAF);

    private SlowClients() {}

    /** Opens them all, and tells the p99 of a healthy client before and meanwhile, and the files open afterwards. */
    static String happens(List<String> command, Path folder) throws IOException, InterruptedException {
        try (var server = Faults.start(command, folder, "--task-time", "1ms")) {
            p99(server.url()); // warm-up
            var before = p99(server.url());
            var descriptors = Faults.descriptors(server.process());
            var sockets = new ArrayList<Socket>();
            try {
                for (var i = 0; i < IDLE + SLOW + DEAF; i++)
                    sockets.add(new Socket(server.url().getHost(), server.url().getPort()));
                var slow = Thread.startVirtualThread(() -> dribble(sockets.subList(IDLE, IDLE + SLOW)));
                for (var deaf : sockets.subList(IDLE + SLOW, sockets.size()))
                    deaf.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(10).getBytes());
                p99(server.url()); // while so many connections are new
                var during = p99(server.url());
                slow.interrupt();
                return "p99 of a healthy client: %s ms before, %s ms during; %,d files open before, %,d after"
                        .formatted(
                                Words.number(before), Words.number(during), descriptors,
                                afterClosing(sockets, server, descriptors));
            } finally {
                for (var socket : sockets) socket.close();
            }
        } catch (SocketException limit) {
            return "not tested: " + limit.getMessage() + "; more files may be open with ulimit -n 30000";
        }
    }

    /** Sends a byte a second on each. */
    private static void dribble(List<Socket> sockets) {
        var request = "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: %s\r\n\r\n".formatted("a".repeat(1_000)).getBytes();
        for (var at = 0; !Thread.currentThread().isInterrupted(); at++) {
            for (var socket : sockets) try {
                socket.getOutputStream().write(request[at]);
            } catch (IOException closed) { // by a server that waits no longer
            }
            LockSupport.parkNanos(1_000_000_000);
        }
    }

    /** Of the latencies of a healthy client; milliseconds. */
    private static double p99(URI url) throws IOException, InterruptedException {
        return Load.latencies(url, Server.Mode.sync, GETS, APART).getValueAtPercentile(99) / 1e6;
    }

    private static long afterClosing(List<Socket> sockets, ServerProcess server, long before) throws IOException {
        for (var socket : sockets) socket.close();
        var patience = System.nanoTime() + Faults.PATIENCE.toNanos();
        while (Faults.descriptors(server.process()) > before + 10 && System.nanoTime() < patience)
            LockSupport.parkNanos(100_000_000);
        return Faults.descriptors(server.process());
    }
}
