import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import module java.net.http;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What server.java does when a disk is full, nobody reads, a clock jumps, or an executor loses a thread. */
@DisplayName("Nothing is lost in silence")
@Execution(ExecutionMode.CONCURRENT)
class LossTest {

    static final List<String> THIS = List.of(); // options of the JVM: no other class path than the tests' own

    @TempDir
    Path folder;

    // ---- Outputs that take no more

    @Test
    @DisplayName("A full disk: tasks go on, a torn row is removed, and what is lost is counted; exit code 1")
    void fullDisk() throws Exception {
        fullDisk(folder, THIS);
    }

    static void fullDisk(Path folder, List<String> jvm) throws Exception {
        var events = folder.resolve("events.csv");
        var java = Script.java(jvm, "Server", "--port", 0, "--tasks", 1, "--task-time", "0s", "--events", events);
        var limited = Faults.limited(64, java.command()).toArray(String[]::new);
        try (var server = Script.command(folder, Map.of(), limited)) {
            Load.send(server.url(), 1, 1_000, 8, _ -> {});
            server.awaitOut(".*0 async end", 1_000);
            server.signal("TERM");
            assertEquals(1, server.exitCode(), server.err()::toString);
            var text = Files.readString(events);
            assertTrue(text.endsWith(",ok\n"), () -> "torn: " + text.substring(text.length() - 200));
            var rows = text.lines().skip(1).toList();
            var said = server.err().stream().filter(line -> line.startsWith("ERROR:")).toList();
            var start = "ERROR:    Cannot write to " + events + " (File too large): ";
            assertEquals(List.of(start + "from here on, rows are lost; the server says at its end how many.",
                    start + "%,d rows were lost; the last one written is %s.".formatted(1_000 - rows.size(),
                            rows.getLast())),
                    said);
            assertTrue(rows.size() > 100, "a good part of them is there");
        }
    }

    @Test
    @DisplayName("Standard output that was closed: the rows are all there, the lost lines are counted; exit code 1")
    void closedOutput() throws Exception {
        var events = folder.resolve("events.csv");
        var java = Script.java(THIS, "Server", "--port", 0, "--tasks", 1, "--task-time", "0s", "--events", events);
        try (var server = Script.command(folder, Map.of(), Stream.concat(
                Stream.of("bash", "-c", "\"$@\" > >(exec <&-; exit); exit", "bash"), java.command().stream())
                .toArray(String[]::new))) {
            var url = server.url();
            for (var i = 0; i < 3; i++) Load.send(url, 1, 100, 8, _ -> {});
            await(() -> rows(events) == 300);
            server.process.descendants().filter(process -> process.info().command().orElse("").endsWith("java"))
                    .forEach(ProcessHandle::destroy);
            assertEquals(1, server.exitCode(), server.err()::toString);
            assertTrue(server.err().stream().anyMatch(line -> line.matches(
                    "ERROR:    Cannot write to standard output \\(Broken pipe\\): \\d+ lines were lost; .*")),
                    server.err()::toString);
        }
    }

    @Test
    @DisplayName("Standard output that nobody reads: rows go on, and at the end nobody is waited for longer than 5 s")
    void stuckOutput() throws Exception {
        var events = folder.resolve("events.csv");
        var server = Script.java(THIS, "Server", "--port", 0, "--tasks", 1, "--task-time", "0s", "--events", events)
                .start();
        try (var err = server.errorReader()) {
            Load.send(URI.create(err.readLine().replaceFirst(".*(http:\\S+).*", "$1")), 1, 2_000, 8, _ -> {});
            await(() -> rows(events) == 2_000);
            server.toHandle().destroy();
            var said = err.readAllLines();
            assertEquals(1, server.waitFor());
            assertTrue(
                    said.get(said.size() - 2).matches("ERROR:    Cannot write to standard output \\(it takes nothing "
                            + "more\\): [\\d,]+ lines were lost; the last one written is .*"),
                    said::toString);
            assertEquals("INFO:     Finished", said.getLast());
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    @DisplayName("Standard error that nobody reads: rows go on, and the server ends, with exit code 1")
    void stuckError() throws Exception {
        var events = folder.resolve("events.csv");
        var server =
                Script.java(THIS, "Server", "--port", 0, "--work", "class:TestExecutors$Talks", "--events", events)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            var url = URI.create(server.errorReader().readLine().replaceFirst(".*(http:\\S+).*", "$1"));
            Load.send(url, 0, 50, 1, _ -> {}); // each failure says 20 KB; a pipe and the reader hold some of them
            await(() -> rows(events) == 50);
            server.toHandle().destroy();
            assertEquals(1, server.waitFor());
        } finally {
            server.destroyForcibly();
        }
    }

    private static long rows(Path events) {
        try (var lines = Files.lines(events)) {
            return lines.count() - 1;
        } catch (IOException notYet) {
            return -1;
        }
    }

    private static void await(BooleanSupplier event) throws InterruptedException {
        var patience = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        while (!event.getAsBoolean()) {
            assertTrue(System.nanoTime() < patience, "it does not come");
            Thread.sleep(20);
        }
    }

    @Test
    @DisplayName("No more than a million entries wait for an output; those beyond are counted, not kept")
    void bound() throws Exception {
        var stuck = new CountDownLatch(1);
        var server = new Server() {
            @Override
            void warn(String line) {}
        };
        var writer = server.new Writer(new Server.Output("a terminal", "lines", new OutputStream() {
            @Override
            public void write(int letter) {
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }));
        for (var i = 0; i < Server.Writer.MOST + 5; i++) writer.put(() -> "x");
        assertEquals(5, writer.lost.get());
        stuck.countDown();
        assertFalse(writer.drain(System.nanoTime() + Duration.ofMinutes(1).toNanos()));
        assertEquals(5, writer.lost.get());
    }

    @Test
    @DisplayName("However long a request is, its line has the first 150 letters of it, and the status")
    void longLines() throws Exception {
        try (var server = Script.start("Server", "--port", 0)) {
            var request = HttpRequest.newBuilder(server.url().resolve("/" + "x".repeat(50_000))).build();
            assertEquals(404, ServerTest.http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
            server.awaitOut("INFO: .* - \"GET /x{145}…\" 404 Not Found", 1);
        }
    }

    @Test
    @DisplayName("What a client sends neither breaks its line nor moves the terminal's cursor")
    void unprintable() throws Exception {
        unprintable(folder, THIS);
    }

    static void unprintable(Path folder, List<String> jvm) throws Exception {
        try (var server = Script.start(jvm, "Server", "--port", 0)) {
            for (var line : List.of("GET / HTTP\n2026-01-26", "G\033[2JT / HTTP/1.1"))
                new RawHttp("", "", "", (line + "\r\nHost: x\r\nConnection: close\r\n\r\n").getBytes())
                        .send(new InetSocketAddress("127.0.0.1", server.url().getPort()));
            var lines = server.awaitOut("INFO: .*", 2);
            assertTrue(lines.getFirst().endsWith(" - \"GET / HTTP?2026-01-26\" 400 Bad Request"), lines::toString);
            assertTrue(lines.getLast().endsWith(" - \"G?[2JT / HTTP/1.1\" 405 Method Not Allowed"), lines::toString);
        }
    }

    @Test
    @DisplayName("What an output that is merely slow holds up is bounded as well: one flush waits, not one an entry")
    void slowOutput() throws Exception {
        var writes = new CountDownLatch(100);
        var writer = new Server().new Writer(new Server.Output("a terminal", "lines", new OutputStream() {
            @Override
            public void write(int letter) {}

            @Override
            public void write(byte[] lines) {
                writes.countDown();
            }
        }));
        while (writes.getCount() > 0) {
            writer.put(() -> "x");
            assertTrue(writer.thread.getQueue().size() <= 1, "more than one flush waits");
        }
        assertTrue(writer.drain(System.nanoTime() + Duration.ofMinutes(1).toNanos()));
    }

    // ---- Clocks, threads, addresses

    @Test
    @DisplayName("A wall clock that jumps by an hour and back changes no difference between moments")
    void clock() throws Exception {
        var library = Stream.of("x86_64", "aarch64")
                .map(cpu -> Path.of("/usr/lib/" + cpu + "-linux-gnu/faketime/libfaketimeMT.so.1"))
                .filter(Files::exists).findFirst();
        assumeTrue(library.isPresent(), "needs libfaketime: apt install libfaketime");
        var offset = Files.writeString(folder.resolve("offset"), "+0");
        var events = folder.resolve("events.csv");
        var java = Script.java(THIS, "Server", "--port", 0, "--task-time", "200ms", "--events", events);
        try (var server = Script.command(folder, Map.of("LD_PRELOAD", "" + library.get(),
                "FAKETIME_TIMESTAMP_FILE", "" + offset, "FAKETIME_NO_CACHE", "1", "FAKETIME_DONT_FAKE_MONOTONIC", "1"),
                java.command().toArray(String[]::new))) {
            var url = server.url();
            var ends = 0;
            for (var jump : List.of("+3600s", "-3600s", "+0")) {
                Load.send(url, 1, 1, 1, _ -> {});
                server.awaitOut(".*0 async end", ends + 1);
                Files.writeString(offset, jump);
                server.awaitOut(".*2 async end", ++ends);
            }
            server.signal("TERM");
            assertEquals(0, server.exitCode());
        }
        var last = Instant.MIN;
        for (var row : Files.readAllLines(events).subList(1, 10)) {
            var cells = row.split(",");
            var took = Duration.between(Instant.parse(cells[6]), Instant.parse(cells[7]));
            assertTrue(took.toMillis() >= 200 && took.toMinutes() < 30, row);
            assertTrue(Instant.parse(cells[7]).isAfter(last), row);
            last = Instant.parse(cells[7]);
        }
    }

    @Test
    @DisplayName("An executor whose thread dies with a task: it is said, others go on, a second signal ends it all")
    void deadThread() throws Exception {
        deadThread(folder, THIS);
    }

    static void deadThread(Path folder, List<String> jvm) throws Exception {
        try (var server = Script.start(jvm, "Server", "--port", 0, "--task-time", "0s", "--executor",
                "class:TestExecutors$LosesTheSecond")) {
            Load.send(server.url(), 0, 3, 1, _ -> {});
            server.awaitOut(".*2 sync end", 2);
            server.signal("TERM");
            server.awaitErr("INFO:     Shutting down, waiting for \\d tasks to end .*");
            server.signal("TERM");
            assertEquals(128 + 15, server.exitCode());
            assertTrue(server.err().stream().anyMatch(line -> line.matches(
                    "ERROR:    The thread \\S+ died \\(java.lang.Error: with its task\\)\\.")),
                    server.err()::toString);
        }
    }

    @Test
    @DisplayName("--host ::1 has its address in brackets; an address that others reach is said")
    void addresses() throws Exception {
        try (var server = Script.start("Server", "--host", "0.0.0.0", "--port", 0)) {
            server.awaitErr("WARNING:  Other machines can reach this server.*");
        }
        var addresses = Path.of("/proc/net/if_inet6");
        if (Files.notExists(addresses) || Files.readString(addresses).isBlank()) return; // no IPv6 here
        try (var server = Script.start("Server", "--host", "::1", "--port", 0)) {
            Load.send(URI.create(server.awaitErr("INFO: .*(http://\\[::1]:\\d+) .*")), 1, 1, 1, _ -> {});
        }
    }

    // ---- Whether the tests can fail

    interface Check {
        void run(Path folder, List<String> jvm) throws Exception;
    }

    record Guard(String name, String guard, String without, Check check) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Check answers(String name) {
        return (_, jvm) -> {
            try (var server = Script.start(jvm, "Server", "--port", 0)) {
                var request = RawHttp.ALL.stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
                var answer = request.send(new InetSocketAddress("127.0.0.1", server.url().getPort()));
                assertTrue(answer.matches(request.allowed()), answer);
            }
        };
    }

    static final List<Guard> GUARDS = List.of(
            new Guard("A torn row stays", "getChannel().truncate(whole);", "", LossTest::fullDisk),
            new Guard("A dead thread is not said", "Thread.setDefaultUncaughtExceptionHandler((",
                    "Thread.currentThread().setUncaughtExceptionHandler((", LossTest::deadThread),
            new Guard("A client writes to the terminal what it likes",
                    "Pattern.compile(\"[^ -~]\")",
                    "Pattern.compile(\"no such\")", LossTest::unprintable),
            new Guard("A request without Host is answered", "isHttp(exchange) ?", "true ?", answers("no Host")),
            new Guard("Slashes are a path", " || uri.toString().startsWith(\"//\")", "",
                    answers("a path of three slashes")),
            new Guard("What follows chunks is a request",
                    "exchange.getRequestHeaders().containsKey(\"Transfer-Encoding\")", "false",
                    answers("chunks with a trailer")));

    @ParameterizedTest(name = "{0}: a test finds it")
    @FieldSource("GUARDS")
    void guard(Guard guard) throws Exception {
        var text = Files.readString(Proc.house().resolve("server.java"));
        assertEquals(2, text.split(Pattern.quote(guard.guard), -1).length, () -> "once: " + guard.guard);
        var source = Files.writeString(folder.resolve("server.java"), text.replace(guard.guard, guard.without));
        var classPath = System.getProperty("java.class.path");
        Script.compile(source);
        guard.check.run(folder, THIS); // as it is
        var found = assertThrows(AssertionError.class,
                () -> guard.check.run(folder, List.of("-cp", folder + File.pathSeparator + classPath)));
        assertFalse(("" + found.getMessage()).contains("(http"), "the server did not start");
    }
}
