import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that runs, asked from outside: {@link Mailers} knows nothing of us. */
@DisplayName("Any JVM, unchanged")
class JfrTest {

    @Retention(RetentionPolicy.RUNTIME)
    @interface Mail {}

    /** A program of somebody else: a pool of 4 sends mails until its standard input ends. */
    static final class Mailers {

        static void main(String... args) throws Exception {
            try (var pool = Executors.newFixedThreadPool(4)) {
                System.out.println("ready");
                for (var n = System.in.read(); n >= 0; n = System.in.read())
                    for (var mail = 0; mail < 12; mail++) pool.execute(Mailers::send);
            }
        }

        @Mail
        static void send() { send(200); }

        @Mail
        static void send(int millis) { // an overload, which is called within the task
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @TempDir
    static Path folder;

    static Script program;
    static Call recorded;
    static String checked;

    /** Records the program while it sends twelve mails, once for all tests. */
    @BeforeAll
    static void record() throws Exception {
        program = Script.start(List.of("-Djava.io.tmpdir=" + folder), "JfrTest$Mailers");
        program.awaitOut("ready", 1);
        var call = record(program, "--method", "JfrTest$Mailers::send", "--for", "10s", "--out", folder);
        checked = awaitTracing(program.process.pid());
        program.process.getOutputStream().write('x');
        program.process.getOutputStream().flush();
        recorded = call.get();
    }

    /** Starts to record it, on a thread of its own: the common pool of two CPUs has but one. */
    static Future<Call> record(Script program, Object... options) {
        var arguments = Stream.concat(Stream.of("--pid", program.process.pid()), Stream.of(options)).toArray();
        return CompletableFuture.supplyAsync(() -> Call.of(Analyze.commandLine(), arguments),
                Thread::startVirtualThread);
    }

    @AfterAll
    static void end() {
        program.close();
    }

    /** Until jcmd says that the recording runs; returns its words. */
    static String awaitTracing(long pid) throws Exception {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        while (true) {
            var process = new ProcessBuilder(jcmd, "" + pid, "JFR.check").start();
            var said = new String(process.getInputStream().readAllBytes());
            if (said.contains("name=analyze")) return said;
            Thread.sleep(50);
        }
    }

    static Path recording() {
        return folder.resolve("pid-" + program.process.pid() + ".jfr");
    }

    static JsonNode json(Object... options) throws Exception {
        return CasesTest.json(Stream.concat(Stream.of(recording()), Stream.of(options)).toArray()).getFirst();
    }

    @Test
    @DisplayName("By its process id and a method: the plateau of its pool, twelve calls, a picture, a remark; the "
            + "recording stays and can be read again")
    void plateau() throws Exception {
        assertEquals(0, recorded.exitCode(), recorded.err()::toString);
        var log = json();
        assertEquals(List.of(12, 4, 4, 4), Stream.of("tasks", "threads", "highest", "plateau")
                .map(name -> log.get(name).asInt()).toList());
        assertEquals("jfr", log.get("form").asText());
        assertEquals("0×4 | 0×4 | 0×4", log.get("rounds").asText());
        CasesTest.assertSaid("those that ran when the recording began or ended are missing", log);
        var svg = Files.readString(folder.resolve("pid-" + program.process.pid() + "-timeline.svg"));
        assertTrue(svg.contains("thread pool-1-thread-1: "), svg);
    }

    @Test
    @DisplayName("A call within another, of an overload or another method with the annotation, is no task of its own")
    void overload() throws Exception {
        CasesTest.assertSaid("12 calls are not counted: made within another call on the same thread (an overload, or "
                + "recursion). The outer call is the task.", json());
    }

    @Test
    @DisplayName("The n-th execute is the n-th start: eight of twelve calls waited for a thread")
    void waits() throws Exception {
        assertTrue(json().get("waitMillis").get("max").asDouble() >= 300, () -> recorded.out().toString());
    }

    @Test
    @DisplayName("A method that was never called, or is misspelt, is said in one line that names those that were")
    void neverCalled() {
        var call = Call.of(Analyze.commandLine(), recording(), "--method", "Mailers::nope");
        assertEquals(1, call.exitCode());
        assertEquals(List.of("analyze: " + recording() + " holds no call of Mailers::nope, but of "
                + "JfrTest$Mailers::send (24 calls)"), call.err());
    }

    @Test
    @DisplayName("--method names one of several methods, with its class's package or without")
    void method() throws Exception {
        assertEquals(12, json("--method", "JfrTest$Mailers::send").get("tasks").asInt());
    }

    @Test
    @DisplayName("A process that ends before the time is over leaves its recording, of all methods with an "
            + "annotation, in a folder of any name beside older ones; one that is killed leaves none")
    void ended() throws Exception {
        var out = Files.createDirectories(folder.resolve("Ann's 100%p notes"));
        try (var ends = Script.start(List.of("-Djava.io.tmpdir=" + folder), "JfrTest$Mailers");
                var killed = Script.start(List.of("-Djava.io.tmpdir=" + folder), "JfrTest$Mailers")) {
            var calls = new HashMap<Script, Future<Call>>();
            var older = Files.writeString(out.resolve("pid-" + ends.process.pid() + ".jfr"), "older");
            for (var each : List.of(ends, killed)) {
                each.awaitOut("ready", 1);
                calls.put(each, record(each, "--method", "@JfrTest$Mail", "--for", "90s", "--out", out));
                awaitTracing(each.process.pid());
                each.process.getOutputStream().write('x');
                each.process.getOutputStream().flush();
            }
            ends.process.getOutputStream().close();
            killed.signal("KILL");
            assertEquals(0, calls.get(ends).get().exitCode(), calls.get(ends).get().err()::toString);
            var log = CasesTest.json(out.resolve("pid-" + ends.process.pid() + "-2.jfr")).getFirst();
            assertEquals(List.of(12, 4), List.of(log.get("tasks").asInt(), log.get("plateau").asInt()));
            assertEquals("older", Files.readString(older));
            var said = calls.get(killed).get();
            assertEquals(1, said.exitCode());
            assertEquals(List.of("analyze: process " + killed.process.pid()
                    + " ended before its recording could be written"), said.err());
            assertTrue(Files.notExists(out.resolve("pid-" + killed.process.pid() + ".jfr")));
        }
    }

    @Test
    @DisplayName("A recording ends by itself, should analyze be killed: half a minute after its time")
    void duration() {
        assertTrue(checked.contains(" duration=40s "), checked);
    }

    @Test
    @DisplayName("A recording that lost its beginning, for it grew beyond its limit: a remark")
    void tooLong() throws Exception {
        assertFalse(json().get("remarks").toString().contains("are missing, as it reached"));
        var bytes = ByteBuffer.wrap(Files.readAllBytes(recording()));
        bytes.putLong(32, bytes.getLong(32) + 20_000_000_000L); // when its first chunk began
        var late = Files.write(folder.resolve("late.jfr"), bytes.array());
        CasesTest.assertSaid("The first 20 s of the recording are missing, as it reached its limit of 250 MB: record "
                + "a shorter time.", CasesTest.json(late).getFirst());
    }

    @Test
    @DisplayName("No process, a process that is no JVM, a missing --method: one line that says what to do")
    void refused() throws Exception {
        var none = Call.of(Analyze.commandLine(), "--pid", 999_999_999, "--method", "A::b");
        assertEquals(1, none.exitCode());
        assertEquals(List.of("analyze: there is no process 999999999; jcmd -l lists the JVMs that run"), none.err());
        try (var shell = Script.command(folder, Map.of(), "sleep", "600")) {
            var noJvm = Call.of(Analyze.commandLine(), "--pid", shell.process.pid(), "--method", "A::b");
            assertEquals(1, noJvm.exitCode());
            assertTrue(noJvm.err().getFirst().contains("does not answer jcmd: is it a JVM?"), noJvm.err()::toString);
        }
        assertEquals(2, Call.of(Analyze.commandLine(), "--pid", 1).exitCode());
        var dotted = Call.of(Analyze.commandLine(), "--pid", 1, "--method", "com.example.Mailer.send");
        assertEquals(2, dotted.exitCode());
        assertTrue(dotted.err().getFirst().contains("Write com.example.Mailer::send"), dotted.err()::toString);
    }

    @Test
    @DisplayName("A recording that is cut off is refused in one line")
    void torn() throws Exception {
        var bytes = Files.readAllBytes(recording());
        var torn = Files.write(folder.resolve("torn.jfr"), Arrays.copyOf(bytes, bytes.length / 2));
        var call = Call.of(Analyze.commandLine(), torn);
        assertEquals(1, call.exitCode());
        assertEquals(1, call.err().size(), call.err()::toString);
    }
}
