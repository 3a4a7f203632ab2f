import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import module java.net.http;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("server.java")
class ServerTest {

    static final String MOMENT = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}";
    static final String LISTENING = "INFO:     Listening on (http://127\\.0\\.0\\.1:\\d+) \\(Press CTRL\\+C to quit\\)";

    @TempDir
    Path folder;

    final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    // ---- Answers

    static Script answering; // for all tests that only ask

    @BeforeAll
    static void startOne() throws IOException {
        answering = start("--task-time", "0s");
    }

    @AfterAll
    static void stopOne() {
        answering.close();
    }

    @ParameterizedTest(name = "{0} leaves {1} tasks")
    @CsvSource({"other=1, sync", "as_async=0, sync", "as_async=1, async", "as_async=-7, async", "as_async=00, sync", "as_async=%31, async",
            "as_async=123456789012345678901234567890, async", "as_async=1&as_async=0, sync", "as_async=+5, async", "&&, sync"})
    void mode(String query, server.Mode mode) throws Exception {
        assertEquals(mode, server.mode(query));
        assertEquals("200 application/json \"ok\"", summary(get(answering, "/?" + query)));
    }

    @Test
    @DisplayName("GET / without as_async leaves sync tasks")
    void missing() {
        assertEquals(server.Mode.sync, server.mode(null));
    }

    @ParameterizedTest(name = "GET {0} is answered with 422, which names as_async")
    @ValueSource(strings = {"/?as_async=x", "/?as_async=", "/?as_async", "/?as_async=1.5", "/?as_async=0&as_async=x"})
    void notAnInteger(String path) throws Exception {
        assertEquals("422 application/json {\"detail\":[{\"loc\":[\"query\",\"as_async\"],\"msg\":\"value is not a valid integer\","
                + "\"type\":\"type_error.integer\"}]}", summary(get(answering, path)));
    }

    @ParameterizedTest(name = "GET {0} is answered with 404")
    @ValueSource(strings = {"/elsewhere", "/elsewhere?as_async=1", "/a/b", "/%20"})
    void notFound(String path) throws Exception {
        assertEquals("404 application/json {\"detail\":\"Not Found\"}", summary(get(answering, path)));
    }

    @ParameterizedTest(name = "{0} is answered with 405, which allows GET")
    @ValueSource(strings = {"POST", "PUT", "DELETE", "HEAD", "OPTIONS"})
    void otherMethods(String method) throws Exception {
        var body = HttpRequest.BodyPublishers.ofByteArray(new byte[20_000_000]); // which nobody reads
        var answer =
                http.send(HttpRequest.newBuilder(url(answering).resolve("/")).method(method, body).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(405, answer.statusCode());
        assertEquals(Optional.of("GET"), answer.headers().firstValue("Allow"));
        assertEquals(method.equals("HEAD") ? "" : "{\"detail\":\"Method Not Allowed\"}", answer.body());
    }

    @Test
    @DisplayName("Error answers leave no task and disturb none under way")
    void errorsLeaveNoTask() throws Exception {
        try (var server = start("--task-time", "300ms")) {
            get(server, "/");
            for (var path : List.of("/?as_async=x", "/elsewhere")) get(server, path);
            assertEquals("INFO:     Shutting down, waiting for 3 tasks to end (Press CTRL+C to end at once)", stop(server).get(1));
            assertLinesMatch(List.of("main thread: .*", "INFO: .*200 OK", "INFO: .*422 Unprocessable Entity", "INFO: .*404 Not Found",
                    ".*0 sync end", ".*1 sync end", ".*2 sync end"), server.out());
        }
    }

    // ---- The two logs

    @Test
    @DisplayName("Standard output has the article's lines and nothing else, in the article's order")
    void output() throws Exception {
        try (var server = start("--task-time", "0s")) {
            get(server, "/?as_async=0");
            server.awaitOut(".* end", 3);
            get(server, "/?as_async=1");
            stop(server);
            var main = server.out().getFirst().replace("main thread: ", "");
            var expected = List.of("main thread: " + main, "INFO:     127.0.0.1:\\d+ - \"GET /\\?as_async=0 HTTP/1.1\" 200 OK",
                    MOMENT + " \\[\\d+]0 sync end", MOMENT + " \\[\\d+]1 sync end", MOMENT + " \\[\\d+]2 sync end",
                    "main thread: " + main, "INFO:     127.0.0.1:\\d+ - \"GET /\\?as_async=1 HTTP/1.1\" 200 OK",
                    MOMENT + " \\[" + main + "]0 async end", MOMENT + " \\[" + main + "]1 async end", MOMENT + " \\[" + main + "]2 async end");
            assertLinesMatch(expected, server.out());
            assertTrue(server.out().subList(2, 5).stream().noneMatch(line -> line.contains("[" + main + "]")), "sync tasks run elsewhere");
        }
    }

    @Test
    @DisplayName("The events file has a row a task, in the order of the lines, and each moment comes after the one before it")
    void events() throws Exception {
        var file = folder.resolve("events.csv");
        try (var server = start("--task-time", "20ms", "--tasks", "4", "--events", file)) {
            get(server, "/?as_async=1");
            get(server, "/?as_async=0");
            stop(server);
            var rows = rows(file);
            assertEquals(8, rows.size());
            var ends = server.out().stream().filter(line -> line.endsWith(" end")).toList();
            assertEquals(ends, rows.stream().map(row -> "%s [%s]%s %s end".formatted(
                    row.get("ended").replace('T', ' ').replace("Z", ""), row.get("thread"), row.get("task"), row.get("mode"))).toList());
            for (var row : rows) {
                var moments = Stream.of("received", "queued", "started", "ended").map(row::get).toList();
                moments.forEach(moment -> assertTrue(moment.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z"), moment));
                assertEquals(moments.stream().sorted().toList(), moments);
                assertTrue(Duration.between(Instant.parse(row.get("started")), Instant.parse(row.get("ended"))).toMillis() >= 20);
                assertEquals("ok", row.get("outcome"));
            }
            for (var request : List.of("0", "1")) { // task 1 is handed over when task 0 has ended, never before
                var own = rows.stream().filter(row -> row.get("request").equals(request)).toList();
                assertEquals(List.of("0", "1", "2", "3"), own.stream().map(row -> row.get("task")).toList());
                Lab.pairs(own).forEach(pair -> assertTrue(pair.get(0).get("ended").compareTo(pair.get(1).get("queued")) <= 0, pair::toString));
            }
        }
    }

    @Test
    @DisplayName("A crash leaves an events file of whole lines, with every task that was printed")
    void crash() throws Exception {
        var file = folder.resolve("events.csv");
        try (var server = start("--task-time", "0s", "--events", file)) {
            for (var i = 0; i < 20; i++) get(server, "/?as_async=1");
            server.awaitOut(".* async end", 30);
            server.signal("KILL");
            server.exitCode();
            assertTrue(Files.readString(file).endsWith("\n"));
            assertTrue(rows(file).size() >= 30 - 1, "the row is written right after its line");
        }
    }

    // ---- Executors

    @ParameterizedTest(name = "{0} on 2 CPUs holds {2} of {1} blocking tasks at once")
    @CsvSource({"default, 8, 6, 1s", "pool:3, 9, 3, 500ms", "pool:1, 3, 1, 100ms", "cached, 10, 10, 2s", "virtual, 10, 10, 2s",
            "fork-join, 6, 2, 500ms", "class:TestExecutors$OneThread, 3, 1, 100ms"})
    void plateaus(String executor, int requests, int expected, String taskTime) throws Exception {
        var file = folder.resolve("events.csv");
        try (var server =
                startWith(List.of("-XX:ActiveProcessorCount=2"), "--executor", executor, "--task-time", taskTime, "--tasks", "1", "--events", file)) {
            client.send(url(server), 0, requests, requests, _ -> {});
            stop(server);
            var log = analyze.read(file, "events", analyze.duration(taskTime));
            assertEquals(expected, log.highest());
            assertEquals(requests, log.tasks().rowCount());
        }
    }

    @Test
    @DisplayName("The pool gives a task to an idle thread before it makes another, and never makes more than its size")
    void idleFirst() throws Exception {
        try (var pool = (ThreadPoolExecutor) server.pool(3)) {
            var queue = (LinkedTransferQueue<Runnable>) pool.getQueue();
            var first = pool.submit(Thread::currentThread).get();
            while (!queue.hasWaitingConsumer()) Thread.onSpinWait(); // it is idle once it waits for a task
            assertSame(first, pool.submit(Thread::currentThread).get());
            assertEquals(1, pool.getPoolSize());
            var started = new CountDownLatch(3);
            var gate = new CountDownLatch(1);
            for (var i = 0; i < 10; i++) {
                pool.execute(() -> {
                    started.countDown();
                    await(gate);
                });
            }
            await(started);
            assertEquals(3, pool.getPoolSize());
            assertEquals(7, queue.size());
            gate.countDown();
        }
    }

    @ParameterizedTest(name = "--executor {0} is refused, and the known ones are listed")
    @ValueSource(strings = {"pools", "pool:0", "pool:x", "pool:-1", "pool:", "class:NoSuchClass", "class:java.lang.String", "Default", ""})
    void unknownExecutor(String name) throws Exception {
        try (var server = Script.start("server", "--port", "0", "--executor", name)) {
            assertEquals(2, server.exitCode());
            assertTrue(server.err().getFirst().contains("Known are default, pool:N"), server.err()::toString);
            assertTrue(server.err().stream().noneMatch(line -> line.startsWith("\tat ")), server.err()::toString);
        }
    }

    // ---- Failures

    @ParameterizedTest(name = "{0}: a failed task ends its request with {1}; the other requests go on")
    @CsvSource({"InterruptsTheSecond, java.lang.InterruptedException", "RefusesTheSecond, java.util.concurrent.RejectedExecutionException"})
    void failure(String executor, String outcome) throws Exception {
        var file = folder.resolve("events.csv");
        try (var server = start("--executor", "class:TestExecutors$" + executor, "--task-time", "500ms", "--events", file)) {
            get(server, "/");
            get(server, "/");
            assertEquals("1", server.awaitErr("ERROR:    Task 0 of request (\\d) failed \\(" + outcome + ".*"));
            var said = stop(server);
            assertEquals("INFO:     Finished", said.getLast());
            var outcomes = rows(file).stream().map(row -> row.get("request") + row.get("task") + row.get("outcome")).sorted().toList();
            assertEquals(List.of("00ok", "01ok", "02ok", "10" + outcome), outcomes);
        }
    }

    @ParameterizedTest(name = "Work of your own runs on {1} as_async={0}, and a task in which it fails ends its request")
    @CsvSource({"0, the executor for", "1, the event loop for"})
    void work(int asAsync, String where) throws Exception {
        var file = folder.resolve("events.csv");
        try (var server = start("--work", "class:TestExecutors$FailsTheSecondTime", "--events", file)) {
            get(server, "/?as_async=" + asAsync);
            server.awaitErr("ERROR:    Task 1 of request 0 failed \\(java.lang.IllegalStateException: the second\\).*()");
            get(server, "/?as_async=" + asAsync);
            server.awaitOut(".*2 a?sync end", 1);
            var mainThread = server.awaitOut("main thread: (\\d+)", 2).getFirst();
            assertEquals("INFO:     Finished", stop(server).getLast());
            var rows = rows(file);
            assertEquals(List.of("00ok", "01java.lang.IllegalStateException", "10ok", "11ok", "12ok"),
                    rows.stream().map(row -> row.get("request") + row.get("task") + row.get("outcome")).toList());
            assertEquals(asAsync == 1, rows.stream().allMatch(row -> row.get("thread").equals(mainThread)));
        }
    }

    @Test
    @DisplayName("Unknown work is refused, and what is known is listed")
    void unknownWork() throws Exception {
        try (var server = Script.start("server", "--port", "0", "--work", "hard")) {
            assertEquals(2, server.exitCode());
            assertEquals("--work hard: there is none of that name. Known are wait, class:NAME.", server.err().getFirst());
        }
    }

    // ---- Clients that misbehave

    @Test
    @DisplayName("A client that sends half a request and falls silent holds up neither requests nor tasks")
    void silentClient() throws Exception {
        try (var server = start("--task-time", "10ms"); var silent = connect(server)) {
            silent.getOutputStream().write("GET / HT".getBytes());
            for (var mode : List.of("0", "1")) assertEquals(200, get(server, "/?as_async=" + mode).statusCode());
            server.awaitOut(".* end", 6);
        }
    }

    @ParameterizedTest(name = "The tasks of a client that hangs up without reading run all the same, as_async={0}")
    @ValueSource(ints = {0, 1})
    void hangUp(int asAsync) throws Exception {
        try (var server = start("--task-time", "10ms")) {
            try (var gone = connect(server)) {
                gone.getOutputStream().write("GET /?as_async=%d HTTP/1.1\r\nHost: x\r\n\r\n".formatted(asAsync).getBytes());
            }
            server.awaitOut(".* end", 3);
        }
    }

    @Test
    @DisplayName("A burst of 10,000 connections gets through, and all are kept alive for a second request")
    void burst() throws Exception {
        var many = 10_000;
        var system = (com.sun.management.UnixOperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        assumeTrue(system.getMaxFileDescriptorCount() > many + 500, "this system allows a process fewer than 10,500 open files (ulimit -n)");
        try (var server = start("--task-time", "0s", "--tasks", "1")) {
            var sockets = new ArrayList<Socket>();
            try {
                for (var i = 0; i < many; i++) sockets.add(connect(server));
                for (var round = 0; round < 2; round++) {
                    for (var socket : sockets) socket.getOutputStream().write("GET /?as_async=1 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
                    for (var socket : sockets) assertEquals("\"ok\"", answer(socket));
                }
            } finally {
                for (var socket : sockets) socket.close();
            }
        }
    }

    // ---- Start and end

    @Test
    @DisplayName("SIGTERM closes the port, says how many tasks it waits for, lets them end and exits 0")
    void drain() throws Exception {
        var file = folder.resolve("events.csv");
        try (var server = start("--executor", "pool:1", "--task-time", "200ms", "--events", file)) {
            var url = url(server);
            client.send(url, 0, 2, 1, _ -> {});
            server.signal("TERM");
            assertEquals("6", server.awaitErr("INFO:     Shutting down, waiting for (\\d) tasks to end .*"));
            assertEquals(0, server.exitCode());
            assertEquals(6, rows(file).size());
            assertThrows(IOException.class, () -> client.send(url, 0, 1, 1, _ -> {}));
        }
    }

    @ParameterizedTest(name = "A second {0} ends it at once, with tasks under way")
    @CsvSource({"TERM, 143", "INT, 130"})
    void secondSignal(String signal, int code) throws Exception {
        // A shell that starts a command in the background makes it ignore Ctrl-C; env gives it back.
        var env = Path.of("/usr/bin/env");
        assumeTrue(signal.equals("TERM") || new ProcessBuilder(env.toString(), "--default-signal=INT", "true").start().waitFor() == 0,
                "env --default-signal is not on this system");
        var java = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                "server", "--port", "0", "--task-time", "1m");
        var command = signal.equals("TERM") ? java : Stream.concat(Stream.of(env.toString(), "--default-signal=INT"), java.stream()).toList();
        try (var server = Script.command(folder, Map.of(), command.toArray(String[]::new))) {
            assertEquals(200, get(server, "/").statusCode());
            server.signal(signal);
            server.awaitErr("INFO:     Shutting down, waiting for 3 tasks .*");
            server.signal(signal);
            assertEquals(code, server.exitCode());
        }
    }

    @Test
    @DisplayName("A port in use is said in one line, exit code 1")
    void portInUse() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var server = Script.start("server", "--port", taken.getLocalPort())) {
            assertEquals(1, server.exitCode());
            assertEquals(List.of("ERROR:    Cannot listen on 127.0.0.1:" + taken.getLocalPort()
                    + " (Address already in use). Choose another --host or --port; --port 0 finds a free port."), server.err());
            assertEquals(List.of(), server.out());
        }
    }

    @ParameterizedTest(name = "{0} is wrong use: exit code 2, no stack trace")
    @ValueSource(strings = {"--port=70000", "--port=x", "--tasks=0", "--task-time=soon", "--task-time=-1s", "--task-time=99999999999999999999s",
            "--nonsense"})
    void wrongUse(String option) throws Exception {
        try (var server = Script.start("server", option)) {
            assertEquals(2, server.exitCode());
            assertTrue(server.err().getFirst().contains(option.replaceFirst("=.*", "")), server.err()::toString);
            assertTrue(server.err().stream().noneMatch(line -> line.startsWith("\tat ")), server.err()::toString);
        }
    }

    @Test
    @DisplayName("An events file in a folder that does not exist, or an unknown host, is said in one line, exit code 1")
    void wrongPlaces() throws Exception {
        for (var option : List.of("--events=" + folder.resolve("no/events.csv"), "--host=no.such.host.invalid")) {
            try (var server = Script.start("server", "--port", "0", option)) {
                assertEquals(1, server.exitCode());
                assertEquals(1, server.err().size(), server.err()::toString);
                assertTrue(server.err().getFirst().contains(option.replaceFirst(".*=", "")), server.err()::toString);
            }
        }
    }

    @Test
    @DisplayName("--help explains every option and exits 0")
    void help() throws Exception {
        try (var server = Script.start("server", "--help")) {
            assertEquals(0, server.exitCode());
            var text = String.join("\n", server.out());
            for (var option : List.of("--host", "--port", "--tasks", "--task-time", "--executor", "--work", "--events", "class:NAME"))
                assertTrue(text.contains(option));
        }
    }

    @Test
    @DisplayName("A task time is written 3s, 250ms, 1m or in ISO-8601")
    void taskTimes() {
        assertEquals(List.of(3_000L, 250L, 60_000L, 1_500L, 2_000L, 0L),
                Stream.of("3s", "250ms", "1m", "1.5s", "PT2S", "0s").map(server::duration).map(Duration::toMillis).toList());
    }

    // ---- Helpers

    static Script start(Object... options) throws IOException {
        return startWith(List.of(), options);
    }

    static Script startWith(List<String> jvm, Object... options) throws IOException {
        return Script.start(jvm, "server", Stream.concat(Stream.of("--port", "0"), Stream.of(options)).toArray());
    }

    static URI url(Script server) throws InterruptedException {
        return URI.create(server.awaitErr(LISTENING));
    }

    HttpResponse<String> get(Script server, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url(server) + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    static String summary(HttpResponse<String> answer) {
        return answer.statusCode() + " " + answer.headers().firstValue("Content-Type").orElse("") + " " + answer.body();
    }

    /** Ends it with SIGTERM and returns what it said on standard error. */
    static List<String> stop(Script server) throws IOException, InterruptedException {
        server.signal("TERM");
        assertEquals(0, server.exitCode());
        return server.err();
    }

    static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(5, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Socket connect(Script server) throws IOException, InterruptedException {
        return new Socket("127.0.0.1", url(server).getPort());
    }

    /** Reads one answer with a body of four bytes from a connection that stays open. */
    static String answer(Socket socket) throws IOException {
        var header = new StringBuilder();
        while (header.indexOf("\r\n\r\n") < 0) header.append((char) socket.getInputStream().read());
        assertTrue(header.toString().startsWith("HTTP/1.1 200 OK"), header::toString);
        return new String(socket.getInputStream().readNBytes(4));
    }

    static List<Map<String, String>> rows(Path file) throws IOException {
        var lines = Files.readAllLines(file);
        var columns = lines.getFirst().split(",");
        return lines.stream().skip(1).map(line -> line.split(",", -1)).map(cells -> IntStream.range(0, columns.length).boxed()
                .collect(Collectors.toMap(i -> columns[i], i -> cells[i]))).toList();
    }
}
