import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.*;

import module java.base;
import module java.net.http;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What FastAPI and server.java answer to the same questions, and both clients against both servers. */
@DisplayName("FastAPI and server.java")
@Tag("peers")
class ContractTest {

    static final Peer FASTAPI = new Peer(Peer.folder().resolve("fastapi/run.py"));

    /** Every question that we could think of: a method and a target. */
    static final List<String> QUESTIONS = List.of("GET /", "GET /?as_async=0", "GET /?as_async=1",
            "GET /?as_async=-7", "GET /?as_async=00", "GET /?as_async=%31", "GET /?as_async=+5",
            "GET /?as_async=0%20", "GET /?as_async=123456789012345678901234567890",
            "GET /?as_async=1&as_async=0", "GET /?other=1", "GET /?&&", "GET /?as_async=x", "GET /?as_async=",
            "GET /?as_async", "GET /?as_async=1.5", "GET /?as_async=1.0", "GET /?as_async=1=2",
            "GET /?as%5Fasync=x", "GET /?as_async=0&as_async=x", "GET /?as_async=x&as_async=0",
            "GET /?AS_ASYNC=x", "GET /?as_async=0x1", "GET /?as_async=%FF", "GET /?as_async=true",
            "GET /?as_async=0_1", "GET /elsewhere", "GET /elsewhere?as_async=x", "GET /a/b", "GET /%20",
            "POST /", "PUT /?as_async=x", "DELETE /", "PATCH /", "HEAD /", "OPTIONS /", "POST /elsewhere",
            "HEAD /elsewhere", "GET /docs");

    /** Where ours answers otherwise, and why it stays so. */
    static final Map<String, String> REASONS = Map.of(
            "GET /?as_async=0_1", "Python writes integers with underscores, Java's library reads none",
            "GET /docs", "FastAPI documents its endpoints at /docs; the article's server is not about that");

    record Answers(String question, String fastapi, String ours) {}

    static final List<Answers> table = new ArrayList<>();

    static String python;
    static Script fastapi;
    static Script ours;
    static String fastapiUrl;
    static String oursUrl;

    @BeforeAll
    static void startBoth() throws Exception {
        try {
            python = FASTAPI.command(0).getFirst();
        } catch (Peer.NotInstalled missing) {
            abort(missing.getMessage() + ": " + missing.missing.command());
        }
        fastapi = startFastApi();
        ours = Script.start("Server", "--port", 0, "--task-time", "10ms");
        fastapiUrl = fastapi.awaitErr(".*(http://127\\.0\\.0\\.1:\\d+) .*");
        oursUrl = ours.awaitErr(".*(http://127\\.0\\.0\\.1:\\d+) .*");
    }

    @AfterAll
    static void stopBoth() {
        if (fastapi == null || ours == null) return;
        fastapi.close();
        ours.close();
        System.out.printf("        FastAPI and server.java were asked %d questions; these differ:%n", table.size());
        table.stream().filter(row -> !row.fastapi.equals(row.ours)).forEach(row -> System.out.printf(
                "        %-24s FastAPI: %s | ours: %s | %s%n", row.question,
                row.fastapi.lines().findFirst().orElse("").replaceFirst("(.{60}).+", "$1…"), row.ours,
                REASONS.getOrDefault(row.question, "no reason is known")));
    }

    // ---- The same questions to both

    @ParameterizedTest(name = "{0} is answered alike, or otherwise for a reason")
    @FieldSource("QUESTIONS")
    void sameAnswer(String question) throws Exception {
        var row = new Answers(question, answer(fastapiUrl, question), answer(oursUrl, question));
        table.add(row);
        if (REASONS.containsKey(question)) assertNotEquals(row.fastapi, row.ours, "no difference any more");
        else assertEquals(row.fastapi, row.ours);
    }

    /** Status, the headers that say something of the answer, and body. */
    static String answer(String url, String question) throws Exception {
        var parts = question.split(" ");
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var request = HttpRequest.newBuilder(URI.create(url + parts[1]))
                    .method(parts[0], HttpRequest.BodyPublishers.noBody()).build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            var headers = Stream.of("content-type", "content-length", "allow")
                    .map(name -> answer.headers().firstValue(name).orElse("-"));
            return "%d %s %s".formatted(answer.statusCode(), headers.collect(Collectors.joining(" ")), answer.body());
        }
    }

    @Test
    @DisplayName("Both keep a connection open, and print a request's lines in the same order")
    void linesOfARequest() throws Exception {
        var expected = List.of("main thread: \\d+",
                "INFO:     127\\.0\\.0\\.1:\\d+ - \"GET /\\?as_async=0 HTTP/1\\.1\" 200 OK",
                ".* \\[\\d+]0 sync end", ".* \\[\\d+]1 sync end", ".* \\[\\d+]2 sync end");
        try (var other = startFastApi(); var own = Script.start("Server", "--port", 0, "--task-time", "10ms")) {
            for (var server : List.of(other, own)) {
                var url = server.awaitErr(".*(http://127\\.0\\.0\\.1:\\d+) .*");
                try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
                    for (var request = 1; request <= 2; request++) {
                        var get = HttpRequest.newBuilder(URI.create(url + "/?as_async=0")).build();
                        http.send(get, HttpResponse.BodyHandlers.ofString());
                        server.awaitOut(".*2 sync end", request);
                    }
                }
                assertLinesMatch(Stream.concat(expected.stream(), expected.stream()).toList(), server.out());
                assertEquals(1, server.awaitOut("INFO: +127\\.0\\.0\\.1:(\\d+) .*", 2).stream().distinct().count());
            }
        }
    }

    // ---- Both ways

    @ParameterizedTest(name = "client.java sends uvicorn {1} requests as_async={0}, and all their tasks end")
    @CsvSource({"0, 4", "0, 20", "0, 1000", "1, 4", "1, 20", "1, 1000"})
    void ourClient(int asAsync, int requests) throws Exception {
        try (var server = startFastApi(); var client = client(server, "client.java", asAsync, requests)) {
            check(server, client, asAsync, requests);
        }
    }

    @ParameterizedTest(name = "aiohttp sends server.java {1} requests as_async={0}, and all their tasks end")
    @CsvSource({"0, 4", "0, 20", "0, 1000", "1, 4", "1, 20", "1, 1000"})
    void theirClient(int asAsync, int requests) throws Exception {
        var file = FASTAPI.file().resolveSibling("client.py").toString();
        try (var help = Script.command(Path.of("."), Map.of(), python, file, "--help")) {
            assumeTrue(help.exitCode() == 0, () -> String.join("\n", help.err()));
        }
        try (var server = Script.start("Server", "--port", 0, "--task-time", "10ms");
                var client = client(server, "client.py", asAsync, requests)) {
            check(server, client, asAsync, requests);
        }
    }

    private static void check(Script server, Script client, int asAsync, int requests) throws Exception {
        assertEquals(0, client.exitCode(), () -> client.out() + "" + client.err());
        assertEquals(Collections.nCopies(requests, "200"), client.out());
        for (var index = 0; index < 3; index++) {
            var ends = server.awaitOut(".*]%d %s end".formatted(index, asAsync == 0 ? "sync" : "async"), requests);
            assertEquals(requests, ends.size());
        }
    }

    private static Script client(Script server, String file, int asAsync, int requests) throws Exception {
        var url = server.awaitErr(".*(http://127\\.0\\.0\\.1:\\d+) .*");
        return file.endsWith(".java") ? Script.start("Client", asAsync, requests, "--url", url)
                : Script.command(Path.of("."), Map.of(), python, FASTAPI.file().resolveSibling(file).toString(),
                        "" + asAsync, "" + requests, "--url", url);
    }

    private static Script startFastApi() throws Exception {
        return Script.command(Path.of("."), Map.of(), python, FASTAPI.file().toString(), "--port", "0", "--task-time",
                "10ms");
    }
}
