import module java.base;

/**
 * Another project's server, which speaks the same contract as server.java: one file in {@code experiments/peers/}, started by
 * JBang, Python or Node, whose first comment says what the lab has to know:
 *
 * <pre>
 * Peer       the framework and its way to run a task after the answer
 * Plateau    the highest concurrency by its documentation on 8 CPUs, or none: what decides it
 * Install    the one command that installs what it needs, if JBang does not
 * </pre>
 */
record Peer(Path file) {

    static final Path FOLDER = Lab.house().resolve("experiments/peers");

    /** All peers, in the order of their names. */
    static List<Peer> all() {
        try (var files = Files.walk(FOLDER, 2)) {
            return files.filter(file -> file.toString().matches(".*\\.(java|py|js)")).map(Peer::new).filter(peer -> !peer.says("Peer").isEmpty())
                    .sorted(Comparator.comparing(Peer::name)).toList();
        } catch (IOException noFolder) {
            return List.of();
        }
    }

    /** The peer of that name, whether it is there or not. */
    static Peer named(String name) {
        return all().stream().filter(peer -> peer.name().equals(name)).findFirst().orElseGet(() -> new Peer(FOLDER.resolve(name)));
    }

    /** Vertx of peers/Vertx.java, fastapi of peers/fastapi/run.py. */
    String name() {
        var folder = file.getParent();
        return folder.equals(FOLDER) ? file.getFileName().toString().replaceFirst("\\.\\w+$", "") : folder.getFileName().toString();
    }

    /** Whether it runs on the JVM, which can be told what CPUs to see. */
    boolean onTheJvm() {
        return file.toString().endsWith(".java");
    }

    /** What its comment says after a word; empty if it says nothing. */
    String says(String word) {
        try {
            var found = Pattern.compile("(?m)^ *\\*? *" + word + "  +(.*)").matcher(Files.readString(file));
            return found.find() ? found.group(1).strip() : "";
        } catch (IOException notThere) {
            return "";
        }
    }

    /** The plateau that it should have if it sees 8 CPUs and so many requests come at once. */
    int plateau(int requests) {
        var number = says("Plateau").replaceFirst("\\D.*", "");
        return number.isEmpty() ? requests : Integer.parseInt(number);
    }

    /** What decides it: the formula, and the property that changes it. */
    String decides() {
        return says("Plateau").replaceFirst("^\\w+( on 8 CPUs)?[:,] ", "");
    }

    /**
     * The command that starts it, to which its options are added. The first time, JBang fetches what a peer needs.
     *
     * @throws IOException if something is missing; the message says what, and the one command that installs it
     */
    List<String> command(int cpus) throws IOException, InterruptedException {
        var path = file.toString();
        return switch (path.substring(path.lastIndexOf('.') + 1)) {
            case "java" -> {
                var jbang = Lab.house().resolve("jbang").toString();
                fetch(jbang);
                yield List.of(jbang, "-R=-XX:ActiveProcessorCount=" + cpus, path);
            }
            // A Python of one's own often comes first on the PATH, and Debian's packages belong to Debian's.
            case "py" -> startable("python3", "/usr/bin/python3");
            case "js" -> startable("node");
            default -> throw new IOException("there is no peer " + file);
        };
    }

    private void fetch(String jbang) throws IOException, InterruptedException {
        var build = new ProcessBuilder(jbang, "build", file.toString()).redirectErrorStream(true).start();
        try (var _ = Run.progress ? analyze.progress("%s: building it; the first time, that downloads its framework".formatted(name()))
                .setInitialMax(-1).build() : null) { // nobody knows how much it is; the bar shows that it goes on, and for how long
            var said = new String(build.getInputStream().readAllBytes());
            if (build.waitFor() != 0) throw new IOException("%s cannot be built: %s".formatted(name(), said.strip()));
        }
    }

    /** The first of these programs that can run its file at all, as it does if it finds its libraries. */
    private List<String> startable(String... programs) throws IOException, InterruptedException {
        for (var program : programs) {
            try {
                var help = new ProcessBuilder(program, file.toString(), "--help").redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
                if (help.start().waitFor() == 0) return List.of(program, file.toString());
            } catch (IOException noSuchProgram) { // then the next one
            }
        }
        throw new IOException("%s is not installed: %s".formatted(name(), says("Install")));
    }
}
