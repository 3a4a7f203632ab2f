import module java.base;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Assertions;

/** A script as a user runs it: a process of its own, with its exit code and what it said. */
final class Script implements AutoCloseable {

    final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final List<Thread> readers;

    private Script(ProcessBuilder builder) throws IOException {
        process = builder.start();
        readers = List.of(reader(process.inputReader(), out), reader(process.errorReader(), err));
    }

    /** Starts {@code Server}, {@code Client}, {@code Analyze} or {@code Lab} with its arguments, as a user would. */
    static Script start(String name, Object... arguments) throws IOException {
        return start(List.of(), name, arguments);
    }

    /** The same, with options for its JVM. */
    static Script start(List<String> jvm, String name, Object... arguments) throws IOException {
        return new Script(java(jvm, name, arguments));
    }

    /** Options of a JVM that starts with half of the CPU time, for tests start hundreds and run each for seconds. */
    static List<String> quick(String classPath) {
        return List.of("-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=10", "-XX:+UseSerialGC", "-cp",
                classPath);
    }

    /** The same with the tests' own class path, and with the classes of server and analyze from an archive. */
    static List<String> quick() {
        return Stream.concat(Stream.of("-XX:SharedArchiveFile=" + archive(), "-Xlog:disable"),
                quick(CLASS_PATH).stream()).toList();
    }

    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static Path archive; // made once

    /** Loads what the archive is to hold: draws a log, then serves until a signal comes. */
    static void main(String... folder) {
        var log = "" + Proc.house().resolve("tests/cases/base.log");
        if (Analyze.commandLine().execute(log, "--out", folder[0]) != 0) System.exit(1);
        Server.main("--port", "0", "--task-time", "1ms", "--events", folder[0] + "/server.csv");
    }

    private static synchronized Path archive() {
        if (archive != null) return archive;
        try {
            var file = Proc.temporary("tests").resolve("scripts.jsa");
            var command = new ArrayList<>(List.of(Proc.jdk("java"), "-XX:ArchiveClassesAtExit=" + file,
                    "-Xlog:disable"));
            command.addAll(quick(CLASS_PATH));
            command.addAll(List.of("Script", "" + file.getParent()));
            try (var server = new Script(quiet(new ProcessBuilder(command)))) {
                for (var mode = 0; mode < 2; mode++) Load.send(server.url(), mode, 1, 1, _ -> {});
                server.signal("TERM");
                Assertions.assertEquals(0, server.exitCode(), () -> "" + server.err());
                Assertions.assertTrue(Files.exists(file), () -> "no archive: " + server.err());
            }
            return archive = file;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compiles a changed server.java, into its folder. Its one library is quicker to find than all of the tests'. */
    static void compile(Path server) {
        var libraries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> jar.contains("picocli")).collect(Collectors.joining(File.pathSeparator));
        Assertions.assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-XDignore.symbol.file",
                "-proc:none", "-nowarn", "-cp", libraries, "-d", "" + server.getParent(), "" + server));
    }

    /** The command that starts a script, for tests that read its output otherwise. */
    static ProcessBuilder java(List<String> jvm, String name, Object... arguments) {
        var command = new ArrayList<>(List.of(Proc.jdk("java"),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(quick());
        command.addAll(jvm);
        command.add(name);
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return quiet(new ProcessBuilder(command));
    }

    /** A JVM says which options it took from its environment, on standard error, where tests do not expect it. */
    private static ProcessBuilder quiet(ProcessBuilder builder) {
        builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        return builder;
    }

    /** Starts any command, in a folder, with these variables added to the environment. */
    static Script command(Path folder, Map<String, String> environment, String... command) throws IOException {
        var builder = quiet(new ProcessBuilder(command).directory(folder.toFile()));
        builder.environment().putAll(environment);
        return new Script(builder);
    }

    /** Waits for its end and returns its exit code. */
    int exitCode() throws InterruptedException {
        process.waitFor();
        for (var reader : readers) reader.join();
        return process.exitValue();
    }

    /** All that it printed so far, or in all once it has ended. */
    synchronized List<String> out() {
        return List.copyOf(out);
    }

    synchronized List<String> err() {
        return List.copyOf(err);
    }

    /** Waits for a line on standard error that matches, and returns its first group. */
    String awaitErr(String regex) throws InterruptedException {
        return await(err, regex, 1).getFirst();
    }

    /** Waits until a server says where it listens. */
    URI url() throws InterruptedException {
        return URI.create(awaitErr("INFO: .*(http://\\S+) .*"));
    }

    /** Waits until so many lines on standard output match; returns their first groups, or whole lines. */
    List<String> awaitOut(String regex, int count) throws InterruptedException {
        return await(out, regex, count);
    }

    private synchronized List<String> await(List<String> lines, String regex, int count) throws InterruptedException {
        var pattern = Pattern.compile(regex);
        var patience = System.nanoTime() + Duration.ofMinutes(3).toNanos(); // then the test says what it missed
        var found = new ArrayList<String>();
        for (var seen = 0;;) {
            for (; seen < lines.size(); seen++) { // each line once, for there may be thousands
                var match = pattern.matcher(lines.get(seen));
                if (match.matches()) found.add(match.group(Math.min(1, match.groupCount())));
            }
            if (found.size() >= count) return found;
            var ended = readers != null && readers.stream().noneMatch(Thread::isAlive);
            if (ended || System.nanoTime() > patience) {
                throw new AssertionError(
                        (ended ? "ended" : "waits") + " without " + count + " lines like " + regex + ": " + out + err);
            }
            wait(1_000); // a new line wakes it earlier
        }
    }

    private Thread reader(BufferedReader reader, List<String> lines) {
        return Thread.startVirtualThread(() -> reader.lines().forEach(line -> add(lines, line)));
    }

    private synchronized void add(List<String> lines, String line) {
        lines.add(line);
        notifyAll();
    }

    /** Sends it a signal: INT, TERM or KILL. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start().waitFor();
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly(); // process.destroyForcibly() would close the streams under their readers
    }
}
