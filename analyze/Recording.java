import module java.base;
import picocli.CommandLine.TypeConversionException;

/**
 * Records the calls of a method in a JVM that runs, unchanged, by the JDK's jcmd. jcmd exits with 0 even where the
 * recorder refuses, so its words are read. The file is named at the start, so that a JVM that ends before the time is
 * over writes it as well; and the recording has a duration, so that it ends even if this program is killed.
 */
final class Recording {

    static final String NAME = "analyze-"; // of its recordings, and the number of this process
    private static final int FIRST_JDK = 25; // that traces methods
    private static final Duration LAST_WORDS = Duration.ofSeconds(10); // of a process that ends just now
    private static final Duration PATIENCE = Duration.ofSeconds(30); // of a recording that nobody ends
    private static final String WITH_POOLS = ";java.util.concurrent.ThreadPoolExecutor::execute";

    private static final Pattern METHOD = Pattern.compile("@[^\\s:;@]+|[^\\s:;@]+::[^\\s:;@]+");

    private final long pid;
    private final Path file;
    private final String name = NAME + ProcessHandle.current().pid();
    private final Thread stop = new Thread(this::stop);

    private Recording(long pid, Path file) {
        this.pid = pid;
        this.file = file;
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
        var recording = start(pid, method, time.plus(PATIENCE), file);
        Bar.wait(time, "Recording", recording::isOver);
        recording.end();
        return Source.of(file);
    }

    /**
     * Starts to record.
     *
     * @param method CLASS::METHOD or @ANNOTATION
     * @param most   the time after which it ends by itself
     * @throws IOException if there is no such JVM, or it is older than 25, or another user's; it says what to do
     */
    private static Recording start(long pid, String method, Duration most, Path file)
            throws IOException, InterruptedException {
        var process = ProcessHandle.of(pid);
        if (process.isEmpty())
            throw new IOException("there is no process " + pid + "; jcmd -l lists the JVMs that run");
        var recording = new Recording(pid, file);
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
        Runtime.getRuntime().addShutdownHook(recording.stop); // Ctrl-C ends it, too, and its file stays
        var said = recording.jcmd("JFR.start", "name=" + recording.name, "maxsize=250M", "dumponexit=true",
                "duration=%ds".formatted(most.toSeconds()), "filename=" + quoted(file),
                "jdk.MethodTrace#filter=" + method + WITH_POOLS,
                "jdk.MethodTrace#enabled=true",
                "jdk.MethodTrace#threshold=0ms", "jdk.MethodTrace#stackTrace=false");
        if (!said.contains("Started recording") || said.contains("Warning!")) {
            recording.stop();
            recording.forget();
            Files.deleteIfExists(file);
            throw new IOException("process %d cannot be recorded: %s".formatted(pid, lastLine(said)));
        }
        return recording;
    }

    /** jcmd joins its arguments, and the recorder splits them again; in a file's name, %p is the process id. */
    private static String quoted(Path file) {
        return '"' + file.toAbsolutePath().toString().replace("%", "%%") + '"';
    }

    private boolean isOver() { return ProcessHandle.of(pid).isEmpty(); }

    /** Ends the recording, unless its process has ended and so written it. */
    private void end() throws IOException, InterruptedException {
        var said = stop();
        forget();
        if (!said.contains("Stopped recording")) Bar.wait(LAST_WORDS, "Ending", this::isOver);
        if (Files.exists(file) && Files.size(file) > 0) return;
        Files.deleteIfExists(file); // which the start made
        throw new IOException(isOver() ? "process %d ended before its recording could be written".formatted(pid)
                : "the recording of process %d cannot be written to %s: %s".formatted(pid, file, lastLine(said)));
    }

    private String stop() {
        try {
            return jcmd("JFR.stop", "name=" + name);
        } catch (IOException | InterruptedException e) {
            return e.toString();
        }
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException shuttingDown) { // which ends it as well
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
