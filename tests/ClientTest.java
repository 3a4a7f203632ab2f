import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import module jdk.httpserver;
import org.HdrHistogram.*;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("client.java")
@Execution(ExecutionMode.CONCURRENT)
class ClientTest {

    @Test
    @DisplayName("It prints each status on a line and sends its requests one after the other over one connection")
    void oneConnection() throws Exception {
        try (var server = ServerTest.start("--task-time", "0s");
                var client = Script.start("Client", 1, 20, "--url", ServerTest.url(server))) {
            assertEquals(0, client.exitCode());
            assertEquals(Collections.nCopies(20, "200"), client.out());
            assertEquals(List.of(), client.err());
            var ports = server.awaitOut("INFO: +127.0.0.1:(\\d+) - \"GET /\\?as_async=1 HTTP/1.1\" 200 OK", 20);
            assertEquals(1, Set.copyOf(ports).size());
        }
    }

    @Test
    @DisplayName("With --concurrency 5 it keeps five requests under way, never six")
    void concurrency() throws Exception {
        var five = new CyclicBarrier(5);
        var underWay = new AtomicInteger();
        var most = new AtomicInteger();
        try (var server = new Stub(_ -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            five.await(1, TimeUnit.MINUTES); // nobody is answered before five are there
            underWay.decrementAndGet();
            return 200;
        })) {
            var client = Call.of(Client.commandLine(), 0, 20, "--url", server.url(), "--concurrency", 5);
            assertEquals(0, client.exitCode(), client.err()::toString);
            assertEquals(20, client.out().size());
            assertEquals(5, most.get());
        }
    }

    @Test
    @DisplayName("With --rate requests are sent while earlier ones wait, and each latency counts from its moment")
    void rate(@TempDir Path folder) throws Exception {
        var all = new CountDownLatch(10);
        try (var server = new Stub(_ -> {
            all.countDown();
            all.await(); // nobody is answered before the last one is there, 90 ms after the first
            return 200;
        })) {
            var file = folder.resolve("ten.hlog");
            var client = Call.of(Client.commandLine(), 1, 10, "--url", server.url(), "--rate", "100/s", "--summary",
                    "--latencies", file);
            assertEquals(0, client.exitCode(), client.err()::toString);
            assertEquals(1, client.out().size());
            var said =
                    Pattern.compile("10 answers in [\\d.]+ s; p50 ([\\d.]+) ms, p99 ([\\d.]+) ms, p99.9 [\\d.]+ ms, "
                            + "max ([\\d.]+) ms").matcher(client.out().getFirst());
            assertTrue(said.matches(), client.out()::toString);
            assertTrue(Double.parseDouble(said.group(1)) >= 39, said::group); // of the sixth, which was due at 50 ms
            assertTrue(Double.parseDouble(said.group(3)) >= 89, said::group); // of the first
            var log = new HistogramLogReader(file.toFile());
            var histogram = (Histogram) log.nextIntervalHistogram();
            assertEquals(10, histogram.getTotalCount());
            assertEquals(said.group(3), "%.2f".formatted(histogram.getMaxValue() / 1e6));
            assertNull(log.nextIntervalHistogram());
        }
    }

    @Test
    @DisplayName("Requests are due evenly, or with a seed at the same random moments again, at the same rate")
    void moments() {
        var even = Client.moments(50, null);
        var first = even.getAsLong();
        for (var number = 1; number <= 100; number++) assertEquals(first + number * 20_000_000L, even.getAsLong());
        LongSupplier one = Client.moments(50, new Random(7)), same = Client.moments(50, new Random(7));
        long begin = one.getAsLong(), sameBegin = same.getAsLong(), last = begin;
        for (var number = 0; number < 10_000; number++) {
            last = one.getAsLong();
            assertEquals(last - begin, same.getAsLong() - sameBegin);
        }
        assertEquals(200e9, last - begin, 6e9); // the mean of 10,000 gaps strays by 1 %
    }

    @Test
    @DisplayName("A thousand requests under way, two thousand in all")
    void thousand() throws Exception {
        var underWay = new AtomicInteger();
        var all = new CountDownLatch(1_000);
        try (var server = new Stub(_ -> {
            underWay.incrementAndGet();
            all.countDown();
            all.await();
            return 200;
        })) {
            var client = Call.of(Client.commandLine(), 1, 2_000, "--url", server.url(), "--concurrency", 1_000,
                    "--summary");
            assertEquals(0, client.exitCode(), client.err()::toString);
            assertEquals(2_000, underWay.get());
        }
    }

    @Test
    @DisplayName("A file of latencies that cannot be written is named before anything is sent, exit code 1")
    void latencies(@TempDir Path folder) {
        var client = Call.of(Client.commandLine(), 1, 1, "--latencies", folder.resolve("no/such.hlog"));
        assertEquals(1, client.exitCode());
        assertTrue(client.err().getFirst().startsWith("--latencies cannot be written: " + folder),
                client.err()::toString);
    }

    @Test
    @DisplayName("A disk that is full when latencies are written is said in one line, exit code 1")
    void fullDisk() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full here");
        try (var server = new Stub(_ -> 200)) {
            var client = Call.of(Client.commandLine(), 1, 1, "--url", server.url(), "--latencies", "/dev/full");
            assertEquals(List.of("--latencies: the file could not be written; is the disk full?"), client.err());
            assertEquals(1, client.exitCode());
        }
    }

    @ParameterizedTest(name = "--url http://host{0} asks for {1}")
    @CsvSource({"'', /?as_async=7", "/, /?as_async=7", "/base, /base/?as_async=7", "/base/, /base/?as_async=7",
            "/a/b%20c, /a/b%20c/?as_async=7"})
    void path(String path, String expected) throws Exception {
        var asked = new ConcurrentLinkedQueue<String>();
        try (var server = new Stub(exchange -> {
            asked.add(exchange.getRequestURI().toString());
            return 200;
        })) {
            var client = Call.of(Client.commandLine(), 7, 2, "--url", server.url() + path);
            assertEquals(0, client.exitCode(), client.err()::toString);
            assertEquals(List.of("200", "200"), client.out());
            assertEquals(List.of(expected, expected), List.copyOf(asked));
        }
    }

    @Test
    @DisplayName("A status other than 200 ends it with exit code 1 and the number that succeeded")
    void otherStatus() throws Exception {
        var count = new AtomicInteger();
        try (var server = new Stub(_ -> count.incrementAndGet() == 3 ? 503 : 200)) {
            var client = Call.of(Client.commandLine(), 0, 9, "--url", server.url());
            assertEquals(1, client.exitCode());
            assertEquals(List.of("200", "200", "503"), client.out());
            assertEquals(
                    List.of(server.url() + "/?as_async=0: the answer was 503, not 200. 2 of 9 requests succeeded."),
                    client.err());
        }
    }

    @Test
    @DisplayName("Where no server is, it says so in one line, exit code 1")
    void noServer() throws Exception {
        try (var socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", 0)); // nobody else gets this port, and nobody listens
            var client = Call.of(Client.commandLine(), 0, 3, "--url", "http://127.0.0.1:" + socket.getLocalPort());
            assertEquals(1, client.exitCode());
            assertEquals(List.of("http://127.0.0.1:%d/?as_async=0: no server answers at 127.0.0.1 on port %1$d; "
                    .formatted(socket.getLocalPort()) + "is it running there? 0 of 3 requests succeeded."),
                    client.err());
        }
    }

    @ParameterizedTest(name = "A server that falls silent after \"{0}\" is given up when patience ends")
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\"o"})
    void silence(String begun) throws Exception {
        try (var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var silent = Thread.startVirtualThread(() -> {
                try (var connection = socket.accept()) {
                    connection.getInputStream().read();
                    connection.getOutputStream().write(begun.getBytes());
                    Thread.sleep(Duration.ofDays(1));
                } catch (IOException | InterruptedException over) { // with the test
                }
            });
            var url = URI.create("http://127.0.0.1:" + socket.getLocalPort());
            var failure = assertThrows(IOException.class,
                    () -> Client.send(url, 0, 1, 1, System::nanoTime, Duration.ofMillis(300), (_, _) -> {}));
            assertEquals(url + "/?as_async=0: no whole answer in time; is the server busy or stuck? "
                    + "0 of 1 requests succeeded.", failure.getMessage());
            silent.interrupt();
        }
    }

    @Test
    @DisplayName("A broken connection is said in one line, exit code 1")
    void brokenConnection() throws Exception {
        try (var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> hangUpOnEverybody(socket));
            var client = Call.of(Client.commandLine(), 0, 3, "--url", "http://127.0.0.1:" + socket.getLocalPort());
            assertEquals(1, client.exitCode());
            assertEquals(1, client.err().size(), client.err()::toString);
            assertTrue(client.err().getFirst().endsWith("0 of 3 requests succeeded."), client.err()::toString);
        }
    }

    @ParameterizedTest(name = "A server that {0}: {1}")
    @CsvSource(delimiter = '|', value = {"breaks off | the connection broke before the answer was whole",
            "resets | the connection broke before the answer was whole",
            "listens at another address of the name | no server answers at 127.0.0.1 on port",
            "has a name that nobody knows | no address is known for that name."})
    void cause(String how, String message, @TempDir Path folder) throws Exception {
        var hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 two\n127.0.0.2 two\n127.0.0.2 one\n");
        try (var server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.2"))) {
            Thread.startVirtualThread(() -> {
                try {
                    for (var socket = server.accept();; socket = server.accept()) {
                        socket.getInputStream().read();
                        if (how.equals("resets")) socket.setSoLinger(true, 0);
                        else socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Le".getBytes());
                        socket.close();
                    }
                } catch (IOException over) { // with the test
                }
            });
            var host = how.startsWith("has") ? "nobody" : how.startsWith("listens") ? "two" : "one";
            try (var client = Script.start(List.of("-Djdk.net.hosts.file=" + hosts), "Client", 1, 2, "--url",
                    "http://" + host + ":" + server.getLocalPort())) {
                assertEquals(1, client.exitCode());
                assertEquals(1, client.err().size(), client.err()::toString);
                assertTrue(client.err().getFirst().contains(message), client.err()::toString);
            }
        }
    }

    @Test
    @DisplayName("A host with an underscore is refused with what to do instead")
    void underscore() {
        var client = Call.of(Client.commandLine(), 1, 1, "--url", "http://my_host:8000");
        assertEquals(2, client.exitCode());
        assertTrue(client.err().getFirst().endsWith("Java takes no host with an underscore: give its IP"),
                client.err()::toString);
    }

    @ParameterizedTest(name = "\"{0}\" is wrong use: exit code 2, no stack trace")
    @ValueSource(strings = {"", "0", "0 0", "x 1", "0 1 2", "0 1 --concurrency 0", "0 1 --url nonsense",
            "0 1 --rate 5 --concurrency 2", "0 1 --poisson", "0 1 --rate 0/s", "0 1 --rate 5/h",
            "0 1 --url https://localhost", "0 1 --url http://localhost:99999",
            "0 1 --url http://localhost/?as_async=1",
            "0 1 --url http://localhost/#here"})
    void wrongUse(String arguments) {
        var client = Call.of(Client.commandLine(), (Object[]) arguments.split(" "));
        assertEquals(2, client.exitCode());
        assertEquals(List.of("Try 'client.java --help'."), client.err().stream().skip(1).toList());
        assertFalse(client.err().getFirst().contains("underscore"), client.err()::toString);
    }

    @Test
    @DisplayName("A mistyped option is followed by those that it may have been")
    void mistyped() {
        var client = Call.of(Client.commandLine(), "0", "1", "--rat", "5/s");
        assertEquals(2, client.exitCode());
        assertTrue(client.err().getLast().startsWith("Possible solutions: "), client.err()::toString);
        assertTrue(client.err().getLast().contains("--rate"), client.err()::toString);
    }

    @Test
    @DisplayName("--help exits 0")
    void help() {
        var client = Call.of(Client.commandLine(), "--help");
        assertEquals(0, client.exitCode());
        assertTrue(client.out().getFirst().startsWith("Usage: client.java"));
    }

    static void hangUpOnEverybody(ServerSocket socket) {
        try {
            while (true) socket.accept().close();
        } catch (IOException closed) { // the test is over
        }
    }

    /** A server that answers with whatever status it is told. */
    record Stub(HttpServer server) implements AutoCloseable {
        interface Answer {
            int to(HttpExchange exchange) throws Exception;
        }

        Stub(Answer answer) throws IOException {
            this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2_000));
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", exchange -> {
                try {
                    exchange.sendResponseHeaders(answer.to(exchange), -1);
                } catch (IOException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IOException(e);
                }
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
