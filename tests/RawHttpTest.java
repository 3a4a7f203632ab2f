import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;

/** The table of {@link RawHttp}, against our server and, where it is installed, FastAPI on uvicorn. */
@DisplayName("HTTP, as the RFCs have it")
class RawHttpTest {

    /** What the JDK's server decides before any code of ours; SECURITY.md says what follows from it. */
    static final Map<String, String> JDK = new TreeMap<>(Map.of("CR that would end a field", "200",
            "a control character before chunked", "200", "a space before the method", "404",
            "the preface of HTTP/2", "404"));

    @Test
    @DisplayName("server.java answers as they allow, leaves tasks for what it answers with 200 and for nothing else, "
            + "closes what falls silent, and gets its file descriptors back")
    void ours() throws Exception {
        try (var server = Script.start(List.of("-Dsun.net.httpserver.maxReqTime=5"), "Server",
                "--port", 0, "--tasks", 1, "--task-time", "0s")) {
            var url = URI.create(server.awaitErr(".*(http://127\\.0\\.0\\.1:\\d+) .*"));
            Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/fd")), "open files are counted on Linux");
            var before = Faults.descriptors(server.process);
            var answers = RawHttp.ask(new InetSocketAddress(url.getHost(), url.getPort()));
            assertEquals(JDK, RawHttp.wrong(answers));
            var known = Files.readString(Proc.house().resolve("SECURITY.md"));
            JDK.forEach((name, answer) -> assertTrue(
                    known.matches("(?s).*\n\\| " + name + " \\| [^|]* \\| " + answer + " \\|.*"), name));
            for (var patience = 0; Faults.descriptors(server.process) > before + 5 && patience < 600; patience++)
                Thread.sleep(100);
            assertTrue(Faults.descriptors(server.process) <= before + 5, () -> before + " files were open, now more");
            server.signal("TERM");
            assertEquals(0, server.exitCode(), server.err()::toString);
            var accepted = answers.values().stream().mapToInt(answer -> answer.split("200", -1).length - 1).sum();
            assertEquals(accepted, server.out().stream().filter(line -> Lines.END.matcher(line).find()).count());
            assertTrue(server.out().stream().noneMatch(line -> line.contains("\033")), server.out()::toString);
            assertTrue(server.err().stream().allMatch(line -> line.startsWith("INFO: ")), server.err()::toString);
        }
    }

    @Test
    @DisplayName("server.java answers more of them rightly than uvicorn")
    void fastApi() throws Exception {
        try {
            var wrong = askPeer("fastapi");
            assertTrue(JDK.size() < wrong.size(), wrong::toString);
        } catch (Peer.NotInstalled missing) {
            Assumptions.abort(missing.getMessage() + ": " + missing.missing.command());
        }
    }

    /** What a peer answers otherwise than the RFCs allow. */
    static SortedMap<String, String> askPeer(String name) throws Exception {
        var command = new ArrayList<>(Peer.named(name).command(2));
        command.addAll(List.of("--port", "0", "--tasks", "1", "--task-time", "0ms"));
        try (var peer = ServerProcess.start(command)) {
            return RawHttp.wrong(RawHttp.ask(new InetSocketAddress("127.0.0.1", peer.url().getPort())));
        }
    }
}
