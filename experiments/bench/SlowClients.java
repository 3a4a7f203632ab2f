import module java.base;

/**
 * Connections by the thousand that are idle, slow or deaf, and what a healthy client notices of them.
 *
 * @param idle number of connections that send nothing
 * @param slow of those that send a byte a second
 * @param deaf of those that send requests and never read an answer
 * @param gets of requests that the healthy client sends before, and again meanwhile; each has to be answered
 */
record SlowClients(int idle, int slow, int deaf, int gets) {

    private static final Duration APART = Duration.ofMillis(10); // the healthy client's requests

    /** How many files a server has open, and OS threads. */
    record Held(long files, double threads) {
        private static Held by(Process server) throws IOException {
            return new Held(Faults.descriptors(server), Proc.osThreads(server.pid()).orElse(Double.NaN));
        }

        /** No more than ten more of either: as much as a collector or the JDK's pools may have started meanwhile. */
        boolean isAbout(Held before) {
            return files <= before.files + 10 && threads <= before.threads + 10;
        }

        @Override
        public String toString() { return "%,d files and %s threads".formatted(files, Words.number(threads)); }
    }

    /** What became of it: the p99 of the healthy client's answers (ms), and what the server holds. */
    record Noticed(double before, double during, Held heldBefore, Held heldAfter) {
        String words() {
            return "p99 of a healthy client: %s ms before, %s ms during; %s before, %s after"
                    .formatted(Words.number(before), Words.number(during), heldBefore, heldAfter);
        }
    }

    String what() {
        return "%,d idle connections, %,d that send a byte a second, %d that never read".formatted(idle, slow, deaf);
    }

    /**
     * Opens them all, and closes them at the end.
     *
     * @throws SocketException if this process may not open so many files
     */
    Noticed happens(List<String> command, Path folder) throws IOException, InterruptedException {
        try (var server = Faults.start(command, folder, "--task-time", "1ms")) {
            p99(server.url()); // warm-up
            var before = p99(server.url());
            var held = Held.by(server.process());
            var sockets = new ArrayList<Socket>();
            try {
                for (var i = 0; i < idle + slow + deaf; i++)
                    sockets.add(new Socket(server.url().getHost(), server.url().getPort()));
                var slowly = Thread.startVirtualThread(() -> dribble(sockets.subList(idle, idle + slow)));
                for (var socket : sockets.subList(idle + slow, sockets.size()))
                    socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(10).getBytes());
                p99(server.url()); // while so many connections are new
                var during = p99(server.url());
                slowly.interrupt();
                return new Noticed(before, during, held, afterClosing(sockets, server.process(), held));
            } finally {
                for (var socket : sockets) socket.close();
            }
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
    private double p99(URI url) throws IOException, InterruptedException {
        return Load.latencies(url, Server.Mode.sync, gets, APART).getValueAtPercentile(99) / 1e6;
    }

    /** What the server holds when it has noticed that all are closed. */
    private static Held afterClosing(List<Socket> sockets, Process server, Held before) throws IOException {
        for (var socket : sockets) socket.close();
        var patience = System.nanoTime() + Faults.PATIENCE.toNanos();
        var now = Held.by(server);
        for (; !now.isAbout(before) && System.nanoTime() < patience; now = Held.by(server))
            LockSupport.parkNanos(100_000_000);
        return now;
    }
}
