import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import module java.net.http;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("server.java")
@Execution(ExecutionMode.CONCURRENT) // its servers mostly wait
class ServerTest {

    static final String MOMENT = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}";
    static final String LISTENING =
            "INFO:     Listening on (http://127\\.0\\.0\\.1:\\d+) \\(Press CTRL\\+C to quit\\)";

    static final String REPORTS = "class:TestExecutors$Reports";

    @TempDir
    Path folder;

    static final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

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
    @CsvSource({"other=1, sync", "as_async=0, sync", "as_async=1, async", "as_async=-7, async", "as_async=00, sync",
            "as_async=%31, async",
            "as_async=123456789012345678901234567890, async", "as_async=1&as_async=0, sync", "as_async=+5, async",
            "&&, sync",
            "as%5Fasync=1, async", "%61s_async=1&other=2=3, async"})
    void mode(String query, Server.Mode mode) throws Exception {
        assertEquals(mode, Server.mode(query));
        assertEquals("200 application/json \"ok\"", summary(get(answering, "/?" + query)));
    }

    @Test
    @DisplayName("GET / without as_async leaves sync tasks")
    void missing() {
        assertEquals(Server.Mode.sync, Server.mode(null));
    }

    @ParameterizedTest(name = "GET {0} is answered with 422, which names as_async")
    @ValueSource(strings = {"/?as_async=x", "/?as_async=", "/?as_async", "/?as_async=1.5", "/?as_async=0&as_async=x",
            "/?as_async=1=2", "/?as%5Fasync=x"})
    void notAnInteger(String path) throws Exception {
        assertEquals(
                "422 application/json {\"detail\":[{\"loc\":[\"query\",\"as_async\"],"
                        + "\"msg\":\"value is not a valid integer\","
                        + "\"type\":\"type_error.integer\"}]}",
                summary(get(answering, path)));
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
        var request = HttpRequest.newBuilder(url(answering).resolve("/")).method(method, body).build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(405, answer.statusCode());
        assertEquals(Optional.of("GET"), answer.headers().firstValue("Allow"));
        assertEquals(method.equals("HEAD") ? "" : "{\"detail\":\"Method Not Allowed\"}", answer.body());
    }

    @Test
    @DisplayName("Error answers leave no task and disturb none under way")
    void errorsLeaveNoTask() throws Exception {
        try (var tasks = new Tasks(); var server = startWith(List.of(tasks.port()), "--work", REPORTS)) {
            for (var path : List.of("/", "/?as_async=x", "/elsewhere")) get(server, path);
            server.signal("TERM");
            assertEquals("INFO:     Shutting down, waiting for 3 tasks to end (Press CTRL+C to end at once)",
                    server.awaitErr("(INFO:     Shutting down.*)"));
            tasks.awaitAndEnd(3);
            assertEquals(0, server.exitCode());
            assertLinesMatch(List.of("main thread: .*", "INFO: .*200 OK", "INFO: .*422 Unprocessable Entity",
                    "INFO: .*404 Not Found",
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
            var expected = List.of("main thread: " + main,
                    "INFO:     127.0.0.1:\\d+ - \"GET /\\?as_async=0 HTTP/1.1\" 200 OK",
                    MOMENT + " \\[\\d+]0 sync end", MOMENT + " \\[\\d+]1 sync end", MOMENT + " \\[\\d+]2 sync end",
                    "main thread: " + main, "INFO:     127.0.0.1:\\d+ - \"GET /\\?as_async=1 HTTP/1.1\" 200 OK",
                    MOMENT + " \\[" + main + "]0 async end", MOMENT + " \\[" + main + "]1 async end",
                    MOMENT + " \\[" + main + "]2 async end");
            assertLinesMatch(expected, server.out());
            assertTrue(server.out().subList(2, 5).stream().noneMatch(line -> line.contains("[" + main + "]")),
                    "sync tasks run elsewhere");
        }
    }

    @Test
    @DisplayName("The events file has a row a task, in the order of the lines; each moment follows the one before")
    void events() throws Exception {
        var file = folder.resolve("made/with/it/events.csv");
        try (var server = start("--task-time", "20ms", "--tasks", "4", "--events", file)) {
            get(server, "/?as_async=1");
            get(server, "/?as_async=0");
            stop(server);
            var rows = rows(file);
            assertEquals(8, rows.size());
            var ends = server.out().stream().filter(line -> line.endsWith(" end")).toList();
            assertEquals(ends, rows.stream().map(row -> "%s [%s]%s %s end".formatted(
                    row.get("ended").replace('T', ' ').replace("Z", ""), row.get("thread"), row.get("task"),
                    row.get("mode"))).toList());
            for (var row : rows) {
                var moments = Stream.of("received", "queued", "started", "ended").map(row::get).toList();
                moments.forEach(moment -> assertTrue(
                        moment.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z"), moment));
                assertEquals(moments.stream().sorted().toList(), moments);
                assertTrue(
                        Duration.between(Instant.parse(row.get("started")), Instant.parse(row.get("ended"))).toMillis()
                                >= 20);
                assertEquals("ok", row.get("outcome"));
            }
            for (var request : List.of("0", "1")) { // task 1 is submitted when task 0 has ended, never before
                var own = rows.stream().filter(row -> row.get("request").equals(request)).toList();
                assertEquals(List.of("0", "1", "2", "3"), own.stream().map(row -> row.get("task")).toList());
                for (var i = 1; i < own.size(); i++)
                    assertTrue(own.get(i - 1).get("ended").compareTo(own.get(i).get("queued")) <= 0, own::toString);
            }
        }
    }

    @Test
    @DisplayName("A crash leaves an events file of whole lines, with every task that was printed")
    void crash() throws Exception {
        var file = folder.resolve("events.csv");
        try (var server = start("--task-time", "0s", "--events", file)) {
            for (var i = 0; i < 20; i++) get(server, "/?as_async=1");
            server.awaitOut(".* async end", 60);
            server.signal("KILL");
            server.exitCode();
            assertTrue(Files.readString(file).endsWith("\n"));
            assertEquals(60, rows(file).size());
        }
    }

    @Test
    @DisplayName("A crash amid much work costs at most the row in the making: every task that was printed has its row")
    void crashAmidWork() throws Exception {
        var file = folder.resolve("events.csv");
        try (var server = start("--task-time", "0s", "--tasks", "50", "--events", file)) {
            var client = CompletableFuture.runAsync(() -> assertThrows(IOException.class,
                    () -> Load.send(url(server), 1, 1_000_000, 8, _ -> {})), Thread::startVirtualThread);
            server.awaitOut(".* async end", 2_000);
            server.signal("KILL");
            server.exitCode();
            client.join();
            var text = Files.readString(file);
            var whole = text.substring(0, text.lastIndexOf('\n')).lines().skip(1);
            var ends = whole.map(row -> row.split(","))
                    .map(row -> "%s [%s]%s %s end".formatted(row[7].replace('T', ' ').replace("Z", ""), row[3], row[1],
                            row[2]))
                    .collect(Collectors.toSet());
            var printed =
                    server.out().stream().filter(line -> line.matches(MOMENT + " \\[\\d+]\\d+ async end")).toList();
            assertEquals(List.of(), printed.stream().filter(line -> !ends.contains(line)).toList());
        }
    }

    // ---- Executors

    @ParameterizedTest(name = "{0} on 2 CPUs runs {2} of {1} blocking tasks concurrently")
    @CsvSource({"default, 8, 6", "pool:3, 9, 3", "pool:1, 3, 1", "cached, 10, 10", "virtual, 10, 10",
            "fork-join, 6, 2",
            "class:TestExecutors$OneThread, 3, 1"})
    void plateaus(String executor, int requests, int expected) throws Exception {
        var file = folder.resolve("events.csv");
        try (var tasks = new Tasks();
                var server = startWith(List.of("-XX:ActiveProcessorCount=2", tasks.port()), "--executor", executor,
                        "--work", REPORTS, "--tasks", "1", "--events", file)) {
            Load.send(url(server), 0, requests, requests, _ -> {});
            for (var i = 0; i < expected; i++) tasks.awaitStart();
            for (var i = expected; i < requests; i++) { // a waiting task starts when another one ends
                tasks.endOldest();
                tasks.awaitStart();
            }
            for (var i = 0; i < expected; i++) tasks.endOldest();
            stop(server);
            assertEquals(expected, highest(rows(file)));
            assertEquals(requests, rows(file).size());
        }
    }

    @Test
    @DisplayName("4 requests need 4 threads, however many tasks they leave: a thread that reported an end is idle")
    void fourOnFour() throws Exception {
        var file = folder.resolve("events.csv");
        try (var tasks = new Tasks();
                var server = startWith(List.of(tasks.port()), "--executor", "pool:8", "--work", REPORTS,
                        "--tasks", "50", "--events", file)) {
            Load.send(url(server), 0, 4, 1, _ -> {});
            for (var i = 0; i < 4; i++) tasks.awaitStart();
            for (var i = 4; i < 200; i++) {
                tasks.endOldest();
                tasks.awaitStart();
            }
            for (var i = 0; i < 4; i++) tasks.endOldest();
            stop(server);
            assertEquals(200, rows(file).size());
            assertEquals(4, rows(file).stream().map(row -> row.get("thread")).distinct().count());
        }
    }

    @Test
    @DisplayName("The pool gives a task to an idle thread before it makes another, and never makes more than its size")
    void idleFirst() throws Exception {
        try (var pool = new Server.Pool(3)) {
            var first = new CompletableFuture<Thread>();
            var second = new CompletableFuture<Thread>();
            for (var thread : List.of(first, second)) {
                pool.execute(() -> {
                    pool.idle();
                    thread.complete(Thread.currentThread());
                });
                thread.join();
            }
            assertSame(first.join(), second.join());
            assertEquals(1, pool.getPoolSize());
            var started = new CountDownLatch(3);
            var gate = new CountDownLatch(1);
            for (var i = 0; i < 10; i++) {
                pool.execute(() -> {
                    started.countDown();
                    await(gate);
                    pool.idle();
                });
            }
            await(started);
            assertEquals(3, pool.getPoolSize());
            assertEquals(7, pool.getQueue().size());
            gate.countDown();
        }
    }

    @ParameterizedTest(name = "A pool of {0} loses no task, starts them FIFO and never has more threads")
    @ValueSource(ints = {1, 3})
    void fifo(int size) throws Exception {
        var tasks = 2_000;
        var taken = new ConcurrentLinkedQueue<Integer>();
        var pool = new Server.Pool(size);
        try (pool) {
            for (var i = 0; i < tasks; i++) {
                var number = i;
                pool.execute(() -> {
                    taken.add(number);
                    pool.idle();
                });
            }
        } // close() waits for all
        assertEquals(tasks, taken.size());
        assertTrue(pool.getLargestPoolSize() <= size, pool::toString);
        // Between taking a task and noting it, each other thread may overtake.
        if (size == 1) assertEquals(IntStream.range(0, tasks).boxed().toList(), List.copyOf(taken));
        else assertEquals(IntStream.range(0, tasks).boxed().toList(), taken.stream().sorted().toList());
    }

    @ParameterizedTest(name = "--executor {0} is refused, and the known ones are listed")
    @ValueSource(strings = {"pools", "pool:0", "pool:x", "pool:-1", "pool:", "class:NoSuchClass",
            "class:java.lang.String", "Default",
            ""})
    void unknownExecutor(String name) {
        var call = Call.of(Server.commandLine(), "--port", 0, "--executor", name);
        assertEquals(2, call.exitCode());
        assertTrue(call.err().getFirst().contains("Choose one of default, pool:N"), call.err()::toString);
        assertTrue(call.err().stream().noneMatch(line -> line.startsWith("\tat ")), call.err()::toString);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"class:NoSuchClass, there is no such class; jbang -s FILE server.java adds it",
            "class:java.lang.String, it is no Supplier"})
    void wrongClass(String name, String reason) {
        assertEquals(
                "Invalid value for option '--executor': %s: %s. Choose one of default, pool:N (N from 1 to 99999), "
                        .formatted(name, reason) + "cached, virtual, fork-join, class:NAME.",
                Call.of(Server.commandLine(), "--executor", name).err().getFirst());
    }

    @Test
    @DisplayName("A supplier of no executor is refused")
    void noExecutor() {
        var call = Call.of(Server.commandLine(), "--port", 0, "--executor", "class:TestExecutors$SuppliesNothing");
        assertEquals(2, call.exitCode());
        assertTrue(call.err().getFirst().contains("class:TestExecutors$SuppliesNothing"), call.err()::toString);
        assertTrue(call.err().stream().noneMatch(line -> line.startsWith("\tat ")), call.err()::toString);
    }

    // ---- Failures

    @ParameterizedTest(name = "{0}: a failed task ends its request with {1}; the other requests go on")
    @CsvSource({"InterruptsTheSecond, java.lang.InterruptedException",
            "RefusesTheSecond, java.util.concurrent.RejectedExecutionException"})
    void failure(String executor, String outcome) throws Exception {
        var file = folder.resolve("events.csv");
        try (var tasks = new Tasks();
                var server = startWith(List.of(tasks.port()), "--work", REPORTS,
                        "--executor", "class:TestExecutors$" + executor, "--events", file)) {
            get(server, "/");
            tasks.awaitStart(); // so the second task is the other request's
            get(server, "/");
            assertEquals("1", server.awaitErr("ERROR:    Task 0 of request (\\d) failed \\(" + outcome + ".*"));
            tasks.endOldest();
            tasks.awaitAndEnd(2);
            assertEquals("INFO:     Finished", stop(server).getLast());
            var outcomes = rows(file).stream().map(row -> row.get("request") + row.get("task") + row.get("outcome"));
            assertEquals(List.of("00ok", "01ok", "02ok", "10" + outcome), outcomes.sorted().toList());
        }
    }

    @ParameterizedTest(
            name = "Work of your own runs on {1} as_async={0}, and a task in which it fails ends its request")
    @CsvSource({"0, the executor for", "1, the event loop for"})
    void work(int asAsync, String where) throws Exception {
        var file = folder.resolve("events.csv");
        try (var server = start("--work", "class:TestExecutors$FailsTheSecondTime", "--events", file)) {
            get(server, "/?as_async=" + asAsync);
            server.awaitErr(
                    "ERROR:    Task 1 of request 0 failed \\(java.lang.IllegalStateException: the second\\).*()");
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

    @ParameterizedTest(name = "{0}: whatever a task throws, sync or async, is its outcome, and the server goes on")
    @CsvSource({"Sneaky, java.io.IOException, java.io.IOException: sneaky",
            "Hostile, TestExecutors$Hostile$Unspeakable, TestExecutors$Hostile$Unspeakable"})
    void throwables(String work, String outcome, String said) throws Exception {
        var file = folder.resolve("events.csv");
        try (var server = start("--work", "class:TestExecutors$" + work, "--events", file)) {
            for (var request = 0; request < 4; request++) {
                assertEquals(200, get(server, "/?as_async=" + request % 2).statusCode());
                server.awaitErr(Pattern.quote("ERROR:    Task 0 of request " + request + " failed (" + said
                        + "); the tasks after it will not run.") + "()");
            }
            assertEquals("INFO:     Finished", stop(server).getLast());
            assertEquals(Collections.nCopies(4, outcome),
                    rows(file).stream().map(row -> row.get("outcome")).toList());
        }
    }

    @Test
    @DisplayName("Work that leaves its thread interrupted, the executor's or the event loop's, ends as any other does")
    void interruptedThread() throws Exception {
        try (var server = start("--work", "class:TestExecutors$Interrupts", "--executor", "pool:1")) {
            for (var i = 0; i < 4; i++) get(server, "/?as_async=" + i % 2);
            server.awaitOut(".*2 a?sync end", 4);
            assertEquals("INFO:     Finished", stop(server).getLast());
        }
    }

    @Test
    @DisplayName("A step that throws is reported and does not end the event loop")
    void throwOnTheLoop() throws Exception {
        var said = new ArrayList<String>();
        var server = new Server() {
            @Override
            void warn(String line) {
                said.add(line);
            }
        };
        server.loop.execute(() -> {
            throw new IllegalStateException("on the loop");
        });
        server.loop.execute(() -> server.stopping = true);
        server.loop.run();
        assertEquals(List.of(
                "ERROR:    A step of the event loop failed (java.lang.IllegalStateException: on the loop)."), said);
    }

    @Test
    @DisplayName("A task that is always due again keeps no request and no signal waiting")
    void fair() throws Exception {
        var server = Script
                .java(List.of("-Xmx512m"), "Server", "--port", 0, "--task-time", "0s", "--tasks", 999_999_999)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try (var err = server.errorReader()) {
            var listening = Pattern.compile(LISTENING).matcher(err.readLine());
            assertTrue(listening.matches());
            Load.send(URI.create(listening.group(1)), 1, 3, 1, _ -> {}); // each is answered
            server.toHandle().destroy();
            assertTrue(err.readLine().startsWith("INFO:     Shutting down, waiting for "));
        } finally {
            server.destroyForcibly();
        }
    }

    @ParameterizedTest(
            name = "as_async={0}: failures that nobody reads on standard error stop neither requests nor tasks")
    @ValueSource(ints = {0, 1})
    void fullStandardError(int asAsync) throws Exception {
        var requests = 40; // each says 20 KB; a pipe has 64
        try (var tasks = new Tasks()) {
            var process = Script
                    .java(List.of(tasks.port()), "Server", "--port", 0, "--work",
                            "class:TestExecutors$ReportsAndFails")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            try (var err = process.errorReader()) {
                var listening = Pattern.compile(LISTENING).matcher(err.readLine());
                assertTrue(listening.matches());
                for (var i = 0; i < requests; i++) {
                    Load.send(URI.create(listening.group(1)), asAsync, 1, 1, _ -> {});
                    tasks.awaitStart();
                    tasks.endOldest();
                }
                process.toHandle().destroy();
                var said = err.readAllLines();
                assertEquals(IntStream.range(0, requests).mapToObj(i -> "ERROR:    Task 0 of request " + i).toList(),
                        said.stream().filter(line -> line.startsWith("ERROR")) // two that fail at once may swap
                                .sorted(Comparator
                                        .comparing(line -> Integer.valueOf(line.split("request | failed")[1])))
                                .map(line -> line.replaceFirst(" failed.*", "")).toList());
                assertEquals("INFO:     Finished", said.getLast());
                assertEquals(0, process.waitFor());
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    @DisplayName("Lines that nobody reads stop neither requests nor tasks; who comes after the end does not wait")
    void fullStandardOutput() throws Exception {
        try (var tasks = new Tasks()) {
            var process = Script
                    .java(List.of(tasks.port()), "Server", "--port", 0, "--work", REPORTS, "--tasks", 1)
                    .redirectError(ProcessBuilder.Redirect.PIPE).start();
            try (var err = process.errorReader()) {
                var listening = Pattern.compile(LISTENING).matcher(err.readLine());
                assertTrue(listening.matches());
                var url = URI.create(listening.group(1));
                try (var late = new Socket("127.0.0.1", url.getPort())) {
                    for (var i = 0; i < 400; i++) { // 100 KB of lines; a pipe has 64
                        var request = HttpRequest.newBuilder(url.resolve("/?" + "x".repeat(150))).build();
                        assertEquals(200, http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
                        tasks.awaitStart();
                        tasks.endOldest();
                    }
                    process.toHandle().destroy();
                    awaitClosed(url);
                    // From now on they are read: 5 s after its last task, the server would drop them.
                    Thread.startVirtualThread(() -> process.inputReader().lines().forEach(_ -> {}));
                    late.setSoTimeout(60_000); // else it would hang
                    try {
                        late.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
                        var answer = new String(late.getInputStream().readAllBytes());
                        assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 503 "), answer);
                    } catch (SocketTimeoutException e) {
                        throw e;
                    } catch (IOException closed) { // which is as good
                    }
                }
                assertEquals("INFO:     Finished", err.readAllLines().getLast());
                assertEquals(0, process.waitFor());
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    @DisplayName("Unknown work is refused, and what is known is listed")
    void unknownWork() {
        var call = Call.of(Server.commandLine(), "--port", 0, "--work", "hard");
        assertEquals(2, call.exitCode());
        assertEquals(
                "Invalid value for option '--work': hard: there is none of that name. Choose one of wait, class:NAME.",
                call.err().getFirst());
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
                gone.getOutputStream()
                        .write("GET /?as_async=%d HTTP/1.1\r\nHost: x\r\n\r\n".formatted(asAsync).getBytes());
            }
            server.awaitOut(".* end", 3);
        }
    }

    @Test
    @DisplayName("A burst of 10,000 connections gets through, and all are kept alive for a second request")
    void burst() throws Exception {
        var many = 10_000;
        var system = (com.sun.management.UnixOperatingSystemMXBean) java.lang.management.ManagementFactory
                .getOperatingSystemMXBean();
        assumeTrue(system.getMaxFileDescriptorCount() > many + 500,
                "this system allows a process fewer than 10,500 open files (ulimit -n)");
        var patient = List.of("-Dsun.net.httpserver.idleInterval=600", "-Dsun.net.httpserver.maxReqTime=600");
        try (var server = startWith(patient, "--task-time", "0s", "--tasks", "1")) {
            var sockets = new ArrayList<Socket>();
            try {
                for (var i = 0; i < many; i++) sockets.add(connect(server));
                for (var round = 0; round < 2; round++) {
                    for (var socket : sockets)
                        socket.getOutputStream().write("GET /?as_async=1 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
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
        try (var tasks = new Tasks();
                var server = startWith(List.of(tasks.port()), "--work", REPORTS,
                        "--executor", "pool:1", "--events", file)) {
            var url = url(server);
            Load.send(url, 0, 2, 1, _ -> {});
            server.signal("TERM");
            assertEquals("6", server.awaitErr("INFO:     Shutting down, waiting for (\\d) tasks to end .*"));
            awaitClosed(url);
            tasks.awaitAndEnd(6);
            assertEquals(0, server.exitCode());
            assertEquals(6, rows(file).size());
            assertThrows(IOException.class, () -> Load.send(url, 0, 1, 1, _ -> {}));
        }
    }

    @ParameterizedTest(name = "A second {0} ends it at once, with tasks under way")
    @CsvSource({"TERM, 143", "INT, 130"})
    void secondSignal(String signal, int code) throws Exception {
        // A shell that starts a command in the background makes it ignore Ctrl-C; env gives it back.
        var env = Path.of("/usr/bin/env");
        assumeTrue(
                signal.equals("TERM")
                        || new ProcessBuilder(env.toString(), "--default-signal=INT", "true").start().waitFor() == 0,
                "env --default-signal is not on this system");
        var java = Script.java(List.of(), "Server", "--port", "0", "--task-time", "1m").command();
        var command = signal.equals("TERM") ? java
                : Stream.concat(Stream.of(env.toString(), "--default-signal=INT"), java.stream()).toList();
        try (var server = Script.command(folder, Map.of(), command.toArray(String[]::new))) {
            assertEquals(200, get(server, "/").statusCode());
            server.signal(signal);
            server.awaitErr("INFO:     Shutting down, waiting for 3 tasks .*");
            server.signal(signal);
            assertEquals(code, server.exitCode());
        }
    }

    @Test
    @DisplayName("A signal during the start ends it without a stack trace")
    void earlySignal() throws Exception {
        try (var server = start()) {
            server.signal("TERM");
            assertTrue(Set.of(0, 143).contains(server.exitCode()), server.err()::toString);
            assertTrue(server.err().stream().noneMatch(line -> line.startsWith("\tat ")), server.err()::toString);
        }
    }

    @Test
    @DisplayName("The process loads the script's classes, picocli's, those that its command line names, and no other")
    void classes() throws Exception {
        var log = folder.resolve("classes.log");
        try (var server = startWith(List.of("-Xshare:off", "-Xlog:class+load=info:file=" + log), "--work",
                "class:TestExecutors$FailsTheSecondTime")) {
            for (var mode : List.of(0, 1)) get(server, "/?as_async=" + mode);
            server.awaitErr("ERROR:    Task . of request . failed .*()"); // of either request
            stop(server);
        }
        var loaded = Pattern.compile("\\] (\\S+) source: file:");
        var classes = Files.readAllLines(log).stream().map(loaded::matcher).filter(Matcher::find)
                .map(match -> match.group(1)).toList();
        assertTrue(classes.contains("Server$Pool"), classes::toString);
        assertEquals(Set.of("TestExecutors$FailsTheSecondTime"), classes.stream()
                .filter(name -> !name.matches("Server(\\$.*)?|picocli\\..*")).collect(Collectors.toSet()));
    }

    @Test
    @DisplayName("A port in use is said in one line, exit code 1, and the events file stays as it was")
    void portInUse() throws Exception {
        var file = Files.writeString(folder.resolve("events.csv"), "of another server");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var call = Call.of(Server.commandLine(), "--port", taken.getLocalPort(), "--events", file);
            assertEquals(1, call.exitCode());
            assertEquals(List.of("ERROR:    Cannot listen on 127.0.0.1:" + taken.getLocalPort()
                    + " (Address already in use). Choose another --host or --port; --port 0 finds a free port."),
                    call.err());
            assertEquals(List.of(), call.out());
            assertEquals("of another server", Files.readString(file));
        }
    }

    @ParameterizedTest(name = "{0} is wrong use: exit code 2, no stack trace")
    @ValueSource(strings = {"--port=70000", "--port=x", "--tasks=0", "--task-time=soon", "--task-time=-1s",
            "--task-time=99999999999999999999s", "--nonsense"})
    void wrongUse(String option) {
        var call = Call.of(Server.commandLine(), option);
        assertEquals(2, call.exitCode());
        assertTrue(call.err().getFirst().contains(option.replaceFirst("=.*", "")), call.err()::toString);
        assertTrue(call.err().stream().noneMatch(line -> line.startsWith("\tat ")), call.err()::toString);
    }

    @Test
    @DisplayName("An events file that cannot be, or an unknown host, is said in one line with the cause, exit code 1")
    void wrongPlaces() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        for (var option : List.of("--events=" + folder + " (Is a directory)", "--events=/ (Is a directory)",
                "--events=" + file + "/x.csv (Not a directory)", "--host=no.such.host.invalid")) {
            var call = Call.of(Server.commandLine(), "--port", 0, option.replaceFirst(" .*", ""));
            assertEquals(1, call.exitCode());
            assertEquals(1, call.err().size(), call.err()::toString);
            assertTrue(call.err().getFirst().contains(option.replaceFirst(".*=", "")), call.err()::toString);
            assertEquals(option.startsWith("--events"),
                    call.err().getFirst().contains("Cannot write the events file"));
        }
    }

    @Test
    @DisplayName("--help explains every option and exits 0")
    void help() {
        var call = Call.of(Server.commandLine(), "--help");
        assertEquals(0, call.exitCode());
        var text = String.join("\n", call.out());
        for (var option : List.of("--host", "--port", "--tasks", "--task-time", "--executor", "--work", "--events",
                "class:NAME"))
            assertTrue(text.contains(option), option);
        assertTrue(text.replaceAll("\\s+", " ").contains("on the event loop and so BLOCKS the loop"), text);
    }

    @Test
    @DisplayName("A task time is written 3s, 250ms, 1m or in ISO-8601")
    void taskTimes() {
        assertEquals(List.of(3_000L, 250L, 60_000L, 1_500L, 2_000L, 0L),
                Stream.of("3s", "250ms", "1m", "1.5s", "PT2S", "0s").map(Server::duration).map(Duration::toMillis)
                        .toList());
    }

    // ---- Helpers

    static Script start(Object... options) throws IOException {
        return startWith(List.of(), options);
    }

    static Script startWith(List<String> jvm, Object... options) throws IOException {
        return Script.start(jvm, "Server", Stream.concat(Stream.of("--port", "0"), Stream.of(options)).toArray());
    }

    static URI url(Script server) throws InterruptedException {
        return URI.create(server.awaitErr(LISTENING));
    }

    HttpResponse<String> get(Script server, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url(server) + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static String summary(HttpResponse<String> answer) {
        return answer.statusCode() + " " + answer.headers().firstValue("Content-Type").orElse("") + " "
                + answer.body();
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
        var bytes = new byte[1_000]; // read at once: a call a byte is two million calls for a burst
        var length = 0;
        var text = "";
        while (!text.matches("(?s).*\r\n\r\n.{4}")) {
            var read = socket.getInputStream().read(bytes, length, bytes.length - length);
            assertTrue(read > 0, "closed after: " + text);
            length += read;
            text = new String(bytes, 0, length);
        }
        assertTrue(text.startsWith("HTTP/1.1 200 OK"), text);
        return text.substring(length - 4);
    }

    static List<Map<String, String>> rows(Path file) throws IOException {
        var lines = Files.readAllLines(file);
        var columns = lines.getFirst().split(",");
        return lines.stream().skip(1).map(line -> line.split(",", -1))
                .map(cells -> IntStream.range(0, columns.length).boxed()
                        .collect(Collectors.toMap(i -> columns[i], i -> cells[i])))
                .toList();
    }

    /** The most tasks that ran concurrently; those that end and start at one moment do not overlap. */
    static int highest(List<Map<String, String>> rows) {
        return rows.stream()
                .mapToInt(
                        one -> (int) rows.stream()
                                .filter(other -> other.get("started").compareTo(one.get("started")) <= 0
                                        && other.get("ended").compareTo(one.get("started")) > 0)
                                .count())
                .max().orElse(0);
    }

    /** Connects until nobody accepts any more. */
    static void awaitClosed(URI url) throws InterruptedException {
        try {
            while (true) {
                new Socket("127.0.0.1", url.getPort()).close();
                Thread.sleep(20);
            }
        } catch (IOException refused) { // at last
        }
    }

    /** The other end of {@link TestExecutors.Reports}: tasks of another process that start, and end when told to. */
    static final class Tasks implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        private final Queue<Socket> running = new ArrayDeque<>();

        Tasks() throws IOException {
            socket.setSoTimeout(60_000);
        }

        String port() {
            return "-Dtest.port=" + socket.getLocalPort();
        }

        void awaitStart() throws IOException {
            running.add(socket.accept());
        }

        void awaitAndEnd(int count) throws IOException {
            for (var i = 0; i < count; i++) {
                awaitStart();
                endOldest();
            }
        }

        void endOldest() throws IOException {
            running.remove().close();
        }

        @Override
        public void close() throws IOException {
            socket.close();
            for (var task : running) task.close();
        }
    }
}
