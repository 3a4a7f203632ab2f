import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import module java.net.http;
import module jdk.jfr;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether every peer keeps the contract of server.java. The first time, JBang downloads the frameworks. */
@DisplayName("Peers keep the contract")
@Tag("peers")
@Execution(ExecutionMode.CONCURRENT)
class PeerContractTest {

    static final Map<String, List<String>> COMMANDS = new HashMap<>(); // of the peers that are installed
    static final int REQUESTS = 300; // as in the atlas
    static final List<String> SHORT = List.of("--port", "0", "--task-time", "200ms");

    @TempDir
    Path folder;

    /** Builds each once, before the tests run concurrently. */
    @BeforeAll
    static void build() throws Exception {
        for (var peer : Peer.all()) {
            try {
                COMMANDS.put(peer.name(), peer.command(8));
            } catch (Peer.NotInstalled missing) {
                System.out.println("        " + missing.getMessage() + ": " + missing.missing.command());
            }
        }
    }

    static List<String> all() {
        return Peer.all().stream().map(Peer::name).toList();
    }

    static List<String> onTheJvm() {
        return Peer.all().stream().filter(Peer::onTheJvm).map(Peer::name).toList();
    }

    @ParameterizedTest(name = "{0} says in one line of JSON what it is, and then where it listens")
    @MethodSource("all")
    void introducesItself(String name) throws Exception {
        try (var peer = start(name, SHORT)) {
            peer.url();
            var about = peer.err().stream().filter(line -> line.startsWith("ABOUT:    ")).toList();
            assertEquals(1, about.size(), peer.err()::toString);
            var said = Verdict.JSON.readValue(about.getFirst().substring("ABOUT:    ".length()), Peer.About.class);
            assertFalse(said.peer().isBlank() || said.decidedBy().isBlank(), about::toString);
            assertTrue(said.software().matches(".* \\d+(\\.\\d+)*.*"), said::software);
            assertTrue(said.plateau() == null || said.plateau() > 0, about::toString);
            var order = peer.err().stream().filter(line -> line.matches("ABOUT: .*|INFO: .*http://.*")).toList();
            assertTrue(order.getFirst().startsWith("ABOUT:"), order::toString);
        }
    }

    @ParameterizedTest(name = "{0} leaves tasks for GET / with an integer or none, and runs them one after the other")
    @MethodSource("all")
    void tasks(String name) throws Exception {
        var events = folder.resolve(name + ".csv");
        try (var peer = start(name, SHORT, "--events", events.toString())) {
            var url = peer.url();
            assertEquals(404, get(url + "/elsewhere").statusCode());
            assertEquals(4, get(url + "/?as_async=x").statusCode() / 100);
            for (var accepted : List.of("/", "/?as_async=0", "/?as_async=1", "/?as_async=-7")) {
                var answer = get(url + accepted);
                assertEquals("200 \"ok\"", answer.statusCode() + " " + answer.body());
            }
            peer.awaitOut(".* \\[\\d+]\\d (a?sync) end", 12);
            assertEquals(4, peer.out().stream().filter(line -> line.startsWith("main thread: ")).count());
        }
        var rows = rows(events);
        assertEquals(12, rows.size());
        for (var request = 0; request < 4; request++) {
            var number = "" + request;
            var its = rows.stream().filter(row -> row[0].equals(number)).sorted(Comparator.comparing(row -> row[1]))
                    .toList();
            assertEquals(List.of("0", "1", "2"), its.stream().map(row -> row[1]).toList());
            assertEquals(Set.of(request < 2 ? "sync ok" : "async ok"),
                    its.stream().map(row -> row[2] + " " + row[8]).collect(Collectors.toSet()));
            var before = Instant.parse(its.getFirst()[4]); // it was received, and then the task before has ended
            for (var row : its) {
                for (var moment = 5; moment <= 7; moment++) { // queued, started, ended
                    assertFalse(Instant.parse(row[moment]).isBefore(before), () -> String.join(",", row));
                    before = Instant.parse(row[moment]);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} reads the last parameter if there are several")
    @CsvSource({"CommonPool", "Vertx", "Helidon", "express", "fastapi"})
    void last(String name) throws Exception {
        try (var peer = start(name, SHORT, "--tasks", "1")) {
            var url = peer.url();
            assertEquals(200, get(url + "/?as_async=1&as_async=0").statusCode());
            assertEquals(List.of("sync"), peer.awaitOut(".* \\[\\d+]0 (a?sync) end", 1));
            assertEquals(200, get(url + "/?as_async=0&as_async=1").statusCode());
            assertEquals(List.of("sync", "async"), peer.awaitOut(".* \\[\\d+]0 (a?sync) end", 2));
        }
    }

    @Test
    @DisplayName("What is no HTTP or almost none: who answers otherwise than the RFCs allow")
    void rawHttp() throws Exception {
        for (var name : all()) {
            if (!COMMANDS.containsKey(name)) continue;
            var wrong = RawHttpTest.askPeer(name);
            System.out.println("        %s: %d of %d as the RFCs allow, but not %s".formatted(name,
                    RawHttp.ALL.size() - wrong.size(), RawHttp.ALL.size(), wrong));
            assertTrue(wrong.size() < RawHttp.ALL.size() / 2, () -> name + " answers almost nothing");
        }
    }

    // ---- The same from outside, by process id and method alone

    @ParameterizedTest(name = "{0}: analyze --pid sees the plateau that it documents")
    @MethodSource("onTheJvm")
    void fromOutside(String name) throws Exception {
        try (var peer = start(name, List.of("--port", "0", "--task-time", "2s"))) { // in which all requests arrive
            var url = peer.url();
            var about = peer.awaitErr("ABOUT:    (.*)");
            var plateau = Verdict.JSON.readValue(about, Peer.About.class).plateau();
            Load.warmUp(url);
            var recorded = JfrTest.record(peer, "--method", "peers.Contract::block", "--for", "14s", "--out", folder,
                    "--expect", plateau == null ? REQUESTS : plateau);
            JfrTest.awaitTracing(peer.process.pid());
            Load.send(url, 0, REQUESTS, 64, _ -> {});
            assertEquals(0, recorded.get().exitCode(),
                    () -> recorded.resultNow().err() + "" + recorded.resultNow().out());
        }
    }

    // ---- First the answer, then the tasks

    @ParameterizedTest(name = "{0} has written the whole answer before the first task starts")
    @MethodSource("onTheJvm")
    void answersFirst(String name) throws Exception {
        var recording = folder.resolve(name + ".jfr");
        var record = "-XX:StartFlightRecording:settings=none,filename=" + recording
                + ",+jdk.SocketWrite#enabled=true,+jdk.SocketWrite#threshold=0ms,+jdk.SocketWrite#throttle=off"
                + ",+jdk.ThreadSleep#enabled=true,+jdk.ThreadSleep#threshold=0ms";
        var requests = 20;
        try (var peer = start(name, List.of("-R=" + record), SHORT, "--tasks", "1")) {
            var url = peer.url();
            for (var request = 1; request <= requests; request++) {
                assertEquals(200, get(url + "/?as_async=0").statusCode());
                peer.awaitOut(".* \\[\\d+]0 sync end", request);
            }
            peer.signal("TERM"); // then the JVM writes the recording
            peer.exitCode();
        }
        assertAnsweredFirst(recording, Duration.ofMillis(200), requests);
    }

    /** Of requests that came one by one: what was written before a task ended was written before it started. */
    static void assertAnsweredFirst(Path recording, Duration taskTime, int requests) throws IOException {
        var events = RecordingFile.readAllEvents(recording);
        var writes = events.stream().filter(event -> event.getEventType().getName().equals("jdk.SocketWrite"))
                .map(RecordedEvent::getEndTime).sorted().toList();
        var tasks = events.stream().filter(event -> event.getEventType().getName().equals("jdk.ThreadSleep"))
                .filter(event -> event.getDuration("time").equals(taskTime))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime)).toList();
        assertEquals(requests, tasks.size());
        var previous = Instant.MIN;
        for (var task : tasks) {
            var after = previous;
            var its = writes.stream().filter(write -> write.isAfter(after) && write.isBefore(task.getEndTime()))
                    .toList();
            assertFalse(its.isEmpty(), "no answer was written before the task ended at " + task.getEndTime());
            assertFalse(its.getLast().isAfter(task.getStartTime()),
                    "answered at %s, started at %s".formatted(its.getLast(), task.getStartTime()));
            previous = task.getEndTime();
        }
    }

    @ParameterizedTest(name = "{0} answers while the first task still runs, and starts none before")
    @CsvSource({"express", "fastapi"})
    void answersWhileTasksRun(String name) throws Exception {
        try (var peer = start(name, List.of("--port", "0", "--task-time", "3600s"))) {
            assertEquals("\"ok\"", get(peer.url() + "/?as_async=0").body());
            assertTrue(peer.out().stream().noneMatch(line -> line.endsWith(" end")), peer.out()::toString);
        }
    }

    @ParameterizedTest(name = "{0} loses no task of a client that hangs up")
    @MethodSource("all")
    void hangingUp(String name) throws Exception {
        try (var peer = start(name, List.of("--port", "0", "--task-time", "10ms"))) {
            var address = peer.url();
            for (var client = 0; client < 40; client++) {
                try (var socket = new Socket(address.getHost(), address.getPort())) {
                    socket.setSoLinger(true, 0); // closing it resets the connection
                    var request = "GET /?as_async=%d HTTP/1.1\r\nHost: x\r\n\r\n".formatted(client % 2);
                    socket.getOutputStream().write(request.getBytes());
                }
            }
            // Some requests never reach the endpoint; those that do say so.
            for (var deadline = Instant.now().plusSeconds(60);; Thread.sleep(50)) {
                var lines = peer.out();
                var promised = 3 * lines.stream().filter(line -> line.startsWith("main thread: ")).count();
                var ended = lines.stream().filter(line -> line.endsWith("sync end")).count();
                if (promised > 0 && promised == ended) break;
                assertTrue(Instant.now().isBefore(deadline), () -> "%d of %d tasks ended".formatted(ended, promised));
            }
        }
    }

    @ParameterizedTest(name = "{0} mixes no lines of different threads")
    @MethodSource("all")
    void wholeLines(String name) throws Exception {
        try (var peer = start(name, List.of("--port", "0", "--task-time", "1ms"))) {
            Load.send(peer.url(), 0, REQUESTS, 16, _ -> {});
            peer.awaitOut(".* \\[\\d+]\\d sync end", 3 * REQUESTS);
            var ours = peer.out().stream().filter(line -> line.contains("main thread") || line.contains(" end"));
            assertEquals(List.of(), ours.filter(line -> !line.matches("main thread: \\d+|.{26} \\[\\d+]\\d sync end"))
                    .toList());
        }
    }

    // ---- The command line

    @ParameterizedTest(name = "{0} tells its options when asked, and refuses {1} with exit code 2")
    @CsvSource({"CommonPool, --task-time soon", "CommonPool, --ports 1", "CommonPool, --port", "CommonPool, --tasks 0",
            "CommonPool, --port 65536", "CommonPool, --events /", "express, --task-time 3", "express, --tasks 0",
            "express, --ports 1", "express, --port 65536", "express, --events /", "fastapi, --task-time 3",
            "fastapi, --tasks 0"})
    void options(String name, String misuse) throws Exception {
        try (var help = start(name, List.of("--help"))) {
            assertEquals(0, help.exitCode(), help.err()::toString);
            assertTrue(String.join(" ", help.out()).contains("--task-time"), help.out()::toString);
        }
        try (var refused = start(name, List.of(misuse.split(" ")))) {
            assertEquals(2, refused.exitCode(), refused.err()::toString);
            assertTrue(refused.err().stream().noneMatch(line -> line.matches("\\s+at .*")), refused.err()::toString);
            var lines = refused.err().size(); // Python's argparse prints the usage, too
            assertTrue(lines == 1 || name.equals("fastapi"), refused.err()::toString);
        }
    }

    @ParameterizedTest(name = "{0} says in one line that the port is taken, with exit code 1")
    @CsvSource({"CommonPool", "Quarkus", "express"})
    void taken(String name) throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var peer = start(name, List.of("--port", "" + socket.getLocalPort()))) {
            assertEquals(1, peer.exitCode(), peer.err()::toString);
            assertEquals(1, peer.err().size(), peer.err()::toString);
        }
    }

    @Test
    @DisplayName("Express and FastAPI say in one line what installs them")
    void notInstalled() throws Exception {
        var alone = Files.copy(Peer.folder().resolve("express.js"), folder.resolve("express.js"));
        var withoutPackages = List.of("python3", "-S", Peer.folder().resolve("fastapi/run.py").toString(), "--help");
        var expected = Map.of(
                List.of("node", alone.toString(), "--help"), "Express is not installed: npm install --no-save "
                        + "--no-package-lock --prefix experiments/peers express@5.3.0",
                withoutPackages, "FastAPI is not installed: apt install python3-fastapi python3-uvicorn "
                        + "python3-aiohttp (or: pip install -r experiments/peers/fastapi/requirements.txt)");
        for (var command : expected.keySet()) {
            try (var peer = Script.command(folder, Map.of(), command.toArray(String[]::new))) {
                assertEquals(1, peer.exitCode());
                assertEquals(List.of(expected.get(command)), peer.err());
            }
        }
    }

    // ---- Plumbing

    private static Script start(String name, List<String> options, String... more) throws Exception {
        return start(name, List.of(), options, more);
    }

    private static Script start(String name, List<String> jbang, List<String> options, String... more)
            throws Exception {
        Assumptions.assumeTrue(COMMANDS.containsKey(name), () -> name + " is not installed");
        var command = new ArrayList<>(COMMANDS.get(name));
        command.addAll(1, jbang);
        command.addAll(options);
        command.addAll(List.of(more));
        return Script.command(Path.of("."), Map.of(), command.toArray(String[]::new));
    }

    private static HttpResponse<String> get(String url) throws Exception {
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static List<String[]> rows(Path events) throws IOException {
        return Files.readAllLines(events).stream().skip(1).map(row -> row.split(",")).toList();
    }
}
