import module java.base;

/**
 * Another framework's server that keeps the contract of our own: one file in {@code experiments/peers/}, started by
 * JBang, Python or Node. What it is and which plateau its documentation promises, it says itself when it starts (see
 * {@link About}).
 */
record Peer(Path file) {

    /**
     * What a peer says of itself on standard error, as JSON after {@code ABOUT:}.
     *
     * @param plateau   the highest concurrency by its documentation on 8 CPUs; null if it has no limit
     * @param decidedBy the formula, and the property that changes it
     */
    record About(String peer, String software, Integer plateau, String decidedBy) {}

    /** A peer cannot be measured here. */
    static final class NotInstalled extends Exception {
        final Verdict.Missing missing;

        NotInstalled(String message, String peer, String command) {
            super(message);
            missing = new Verdict.Missing(peer, command);
        }
    }

    static Path folder() { return Proc.house().resolve("experiments/peers"); }

    /** All peers, in the order of their names: FastAPI and Express first, then those on the JVM. */
    static List<Peer> all() {
        try (var files = Files.walk(folder(), 2)) {
            return files
                    .filter(file -> file.toString().matches(".*(run\\.py|\\.js|\\.java)") && Files.isRegularFile(file))
                    .filter(file -> !file.endsWith("Contract.java") && !file.toString().contains("node_modules"))
                    .map(Peer::new).sorted(Comparator.comparing(Peer::onTheJvm).thenComparing(Peer::name)).toList();
        } catch (IOException noFolder) {
            return List.of();
        }
    }

    /** The peer of that name, which may not be here. */
    static Peer named(String name) {
        return all().stream().filter(peer -> peer.name().equals(name)).findFirst()
                .orElse(new Peer(folder().resolve(name)));
    }

    /** Vertx of peers/Vertx.java, fastapi of peers/fastapi/run.py. */
    String name() {
        return file.endsWith("run.py") ? file.getParent().getFileName().toString()
                : file.getFileName().toString().replaceFirst("\\.\\w+$", "");
    }

    /** Whether it runs on the JVM, which can be told what CPUs to see. */
    boolean onTheJvm() {
        return file.toString().endsWith(".java");
    }

    /** What a reader types to start it. */
    String commandToRead(int cpus) {
        var path = Proc.house().relativize(file.toAbsolutePath()).toString().replace('\\', '/');
        return onTheJvm() ? "jbang -R=-XX:ActiveProcessorCount=%d %s".formatted(cpus, path)
                : (path.endsWith(".py") ? "python3 " : "node ") + path;
    }

    /** The command that starts it, without its options. The first time, JBang fetches what a peer needs. */
    List<String> command(int cpus) throws NotInstalled, IOException, InterruptedException {
        if (Files.notExists(file))
            throw new NotInstalled(name() + " is not here", name(), "git clone this repository; run the lesson in it");
        if (onTheJvm()) {
            var jbang = Proc.house().resolve("jbang").toString();
            fetch(jbang);
            return List.of(jbang, "-R=-XX:ActiveProcessorCount=" + cpus, file.toString());
        }
        // A Python of one's own often comes first on the PATH, and Debian's packages belong to Debian's.
        return startable(file.toString().endsWith(".py") ? List.of("python3", "/usr/bin/python3") : List.of("node"));
    }

    /** Builds it. One at a time: where two builds of a file run at the same time, JBang fails. */
    void fetch(String jbang) throws IOException, InterruptedException {
        synchronized (Peer.class) {
            var build = new ProcessBuilder(jbang, "build", file.toString()).redirectErrorStream(true).start();
            try (var _ = Progress.of(name() + ": building; the first time, that downloads its framework", -1,
                    () -> 0)) {
                var said = Proc.output(build, Duration.ofMinutes(10));
                if (build.waitFor() != 0)
                    throw new IOException("%s: the build failed or took 10 minutes: %s".formatted(name(), said));
            }
        }
    }

    /** The first of these programs that can run its file at all, as it does if it finds its libraries. */
    private List<String> startable(List<String> programs) throws NotInstalled, IOException, InterruptedException {
        var said = name() + " is not installed: install " + programs.getFirst();
        for (var program : programs) {
            try {
                var help = new ProcessBuilder(program, file.toString(), "--help").redirectErrorStream(true).start();
                var output = Proc.output(help, ServerProcess.PATIENCE);
                if (help.waitFor() == 0) return List.of(program, file.toString());
                said = output.lines().reduce((_, last) -> last).orElse(said);
            } catch (IOException noSuchProgram) { // then the next one
            }
        }
        var parts = said.split(" is not installed: ", 2); // FastAPI is not installed: apt install …
        if (parts.length == 2) throw new NotInstalled(parts[0] + " is not installed", parts[0], parts[1]);
        throw new NotInstalled(name() + " does not start: " + said, name(), "");
    }
}
