import module java.base;
import picocli.CommandLine.TypeConversionException;

/**
 * Records the calls of a method in a JVM that runs, unchanged, by the JDK's jcmd. jcmd exits with 0 even where the
 * recorder refuses, so its words are read.
 */
final class Recording implements AutoCloseable {

    private static final int FIRST_JDK = 25; // that traces methods
    private static final String WITH_POOLS = ";java.util.concurrent.ThreadPoolExecutor::execute";

    private static final Pattern METHOD = Pattern.compile("@[^\\s:;@]+|[^\\s:;@]+::[^\\s:;@]+");

    private final long pid;
    private final String name = "analyze-" + ProcessHandle.current().pid();
    private final Thread stop = new Thread(this::stop);

    private Recording(long pid) {
        this.pid = pid;
    }

    /** The words that name a method, if they do. */
    static String method(String text) {
        if (METHOD.matcher(text).matches()) return text;
        throw new TypeConversionException(
                ("'%s' is no method. Write com.example.Mailer::send, or @com.example.Task for "
                        + "all methods with that annotation; a nested class is 'com.example.Outer$Inner'")
                        .formatted(text));
    }

    /** Records so long, or until the process ends, and returns the recording, which stays in that folder. */
    static Source take(long pid, String method, Duration time, Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var file = IntStream.iterate(1, n -> n + 1) // an older recording stays, and matches its pictures
                .mapToObj(n -> folder.resolve("pid-%d%s.jfr".formatted(pid, n == 1 ? "" : "-" + n)))
                .filter(Files::notExists).findFirst().orElseThrow();
        try (var recording = start(pid, method)) {
            Bar.wait(time, "Recording", () -> ProcessHandle.of(pid).isEmpty());
            recording.dump(file);
        }
        return Source.of(file);
    }

    /**
     * Starts to record.
     *
     * @param method CLASS::METHOD or @ANNOTATION
     * @throws IOException if there is no such JVM, or it is older than 25, or another user's; it says what to do
     */
    static Recording start(long pid, String method) throws IOException, InterruptedException {
        var process = ProcessHandle.of(pid);
        if (process.isEmpty())
            throw new IOException("there is no process " + pid + "; jcmd -l lists the JVMs that run");
        var recording = new Recording(pid);
        var version = recording.jcmd("VM.version");
        var jdk = Pattern.compile("(?m)^JDK (\\d+)").matcher(version);
        if (!jdk.find()) {
            var owner = process.get().info().user().orElse("another user");
            var me = ProcessHandle.current().info().user().orElse("");
            throw new IOException(owner.equals(me)
                    ? "process %d does not answer jcmd: is it a JVM? jcmd -l lists those that run".formatted(pid)
                    : "process %d belongs to %s: run this command as that user".formatted(pid, owner));
        }
        if (Integer.parseInt(jdk.group(1)) < FIRST_JDK)
            throw new IOException(("process %d runs on JDK %s, and methods "
                    + "are traced from JDK %d on: start it with that, or have each task print a line at its end")
                    .formatted(pid, jdk.group(1), FIRST_JDK));
        Runtime.getRuntime().addShutdownHook(recording.stop); // Ctrl-C ends the recording as well
        var said = recording.jcmd("JFR.start", "name=" + recording.name, "maxsize=250M",
                "jdk.MethodTrace#filter=" + method + WITH_POOLS, "jdk.MethodTrace#enabled=true",
                "jdk.MethodTrace#threshold=0ms", "jdk.MethodTrace#stackTrace=false");
        if (!said.contains("Started recording") || said.contains("Warning!")) {
            recording.close();
            throw new IOException("process %d cannot be recorded: %s".formatted(pid, lastLine(said)));
        }
        return recording;
    }

    /** Writes what was recorded so far into a file. */
    void dump(Path file) throws IOException, InterruptedException {
        var said = jcmd("JFR.dump", "name=" + name, "filename=" + file.toAbsolutePath());
        if (!said.contains("Dumped recording") || Files.notExists(file))
            throw new IOException("the recording of process %d cannot be written to %s: %s".formatted(pid, file,
                    lastLine(said)));
    }

    /** Ends the recording. */
    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException shuttingDown) { // which ends it as well
        }
    }

    private void stop() {
        try {
            jcmd("JFR.stop", "name=" + name);
        } catch (IOException | InterruptedException gone) { // with its process
        }
    }

    private String jcmd(String... command) throws IOException, InterruptedException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(Stream.concat(Stream.of(jcmd, "" + pid), Stream.of(command)).toList())
                .redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return said;
    }

    private static String lastLine(String said) {
        return said.lines().filter(line -> !line.isBlank()).reduce((_, last) -> last).orElse("jcmd said nothing");
    }
}
