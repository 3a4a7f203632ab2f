import module java.base;

/** A server that listens, in a process of its own that never outlives the lab. */
final class ServerProcess implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("INFO: .*((?:http|tcp)://\\S+)");
    private static final String ABOUT = "ABOUT: ";
    private static final int KEPT = 1_000; // lines of what it said
    private static final long MOST = 200_000_000; // bytes that it may print; more could fill the disk
    static final Duration PATIENCE = Duration.ofMinutes(1); // with a start, or an answer

    private final Process process;
    private final File printed;
    private final Thread kill;
    private final Process guard; // kills it if this program is killed, for then the guard's input ends; null: Windows
    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<URI> url = new CompletableFuture<>();
    private volatile Peer.About about;

    static final class TooSlow extends IOException {
        TooSlow(String message) { super(message); }
    }

    private ServerProcess(List<String> command, ProcessBuilder.Redirect output) throws IOException {
        process = new ProcessBuilder(command).redirectOutput(output).start();
        printed = output.file();
        kill = new Thread(() -> process.toHandle().destroyForcibly());
        Runtime.getRuntime().addShutdownHook(kill);
        guard = File.separatorChar == '\\' ? null
                : new ProcessBuilder("sh", "-c", "read _; kill -9 " + process.pid()).start();
        Thread.startVirtualThread(this::listen);
    }

    /** Starts a server and discards its standard output. */
    static ServerProcess start(List<String> command) throws IOException, InterruptedException {
        return start(command, ProcessBuilder.Redirect.DISCARD, PATIENCE);
    }

    /**
     * Starts a server and waits until it says where it listens.
     *
     * @throws TooSlow     if it does not say so in time
     * @throws IOException if it ends before that; the message has what it said
     */
    static ServerProcess start(List<String> command, ProcessBuilder.Redirect output, Duration patience)
            throws IOException, InterruptedException {
        var server = new ServerProcess(command, output);
        try {
            server.url.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return server;
        } catch (TimeoutException | ExecutionException notListening) {
            server.close();
            var said = ". It said: " + String.join(" | ", server.said);
            if (notListening instanceof ExecutionException) throw new IOException("it did not start" + said);
            throw new TooSlow("it did not start within %d s%s".formatted(patience.toSeconds(), said));
        }
    }

    /** Reads all that it says on standard error, so that it never waits for us. */
    private void listen() {
        try (var lines = process.errorReader()) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (said.size() < KEPT) said.add(line);
                if (line.startsWith(ABOUT))
                    about = Verdict.JSON.readValue(line.substring(ABOUT.length()), Peer.About.class);
                var listening = LISTENING.matcher(line);
                if (listening.find()) url.complete(URI.create(listening.group(1)));
            }
            url.completeExceptionally(new EOFException());
        } catch (IOException broken) { // what it says of itself, or the pipe, with the process
            url.completeExceptionally(broken);
        }
    }

    /** Where it said that it listens. */
    URI url() { return url.join(); }

    Process process() { return process; }

    /** What a peer says of itself; null for our own server. */
    Peer.About about() { return about; }

    /** Sends SIGTERM and waits for its end; fails if that takes longer, or if its exit code is not 0. */
    void stop(Duration patience) throws IOException, InterruptedException {
        var ended = stopWithin(patience) != null && process.exitValue() == 0;
        if (printed.length() > MOST) throw new IOException("it printed without end and was stopped");
        if (!ended) throw new IOException("it ended with exit code %d after SIGTERM. It said: %s"
                .formatted(process.exitValue(), String.join(" | ", said)));
    }

    /** Sends SIGTERM, and kills it after that time; returns milliseconds until its end, or null if it was killed. */
    Long stopWithin(Duration patience) throws InterruptedException {
        var sent = System.nanoTime();
        process.toHandle().destroy(); // process.destroy() would also close its streams
        var ended = process.waitFor(patience);
        close();
        return ended ? Math.round((System.nanoTime() - sent) / 1e6) : null;
    }

    /**
     * Looks every 50 ms, until closed: notes the most OS threads and memory that it has, where there is a /proc, and
     * ends it if it prints too much.
     */
    Progress watch(Map<String, Double> figures) {
        Proc.residentMegabytes(process.pid()).ifPresent(memory -> figures.put("memory at the start [MB]", memory));
        var watcher = Thread.startVirtualThread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                if (printed.length() > MOST) process.toHandle().destroyForcibly();
                Proc.osThreads(process.pid()).ifPresent(threads -> figures.merge("OS threads", threads, Math::max));
                Proc.residentMegabytes(process.pid())
                        .ifPresent(memory -> figures.merge("memory [MB]", memory, Math::max));
                LockSupport.parkNanos(50_000_000);
            }
        });
        return () -> {
            watcher.interrupt();
            try {
                watcher.join(); // nobody writes figures any more
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** Kills it, if it still runs. */
    @Override
    public void close() {
        if (guard != null) guard.destroyForcibly(); // before another process can have that id
        process.toHandle().destroyForcibly();
        process.onExit().join();
        try {
            Runtime.getRuntime().removeShutdownHook(kill);
        } catch (IllegalStateException shuttingDown) { // which kills it as well
        }
    }
}
