import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** Opens a trace in Speedscope, a viewer of Chrome's trace events that works offline; npm downloads it. */
@DisplayName("A trace, in a viewer")
@Tag("peers")
class ViewerTest {

    @Test
    @DisplayName("Speedscope shows a slot a thread of the pool, each of them busy for all five rounds")
    void speedscope(@TempDir Path folder) throws Exception {
        PagesTest.browser();
        Assumptions.assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "npm"))), "needs npm: apt install npm");
        try (var npm = Script.command(folder, Map.of(), "npm", "install", "--no-save", "--no-package-lock",
                "speedscope@1.25.0")) {
            assertEquals(0, npm.exitCode(), npm.err()::toString);
        }
        var trace = folder.resolve("trace.json");
        var log = Proc.house().resolve("results/reference/E02_ThePoolSizeCapsSyncTasks/pool-of-12.csv");
        assertEquals(0, Call.of(Analyze.commandLine(), log, "--trace", trace).exitCode());
        var profile = Files.writeString(folder.resolve("profile.js"), "speedscope.loadFileFromBase64('trace.json', '"
                + Base64.getEncoder().encodeToString(Files.readAllBytes(trace)) + "')");
        var page = folder.resolve("node_modules/speedscope/dist/release/index.html");
        var shown = PagesTest.dom(page.toUri() + "#localProfilePath=" + profile);
        for (var slot = 1; slot <= 12; slot++)
            assertTrue(shown.matches("(?s).*pool-of-12 \\(pid 1\\), slot %1$d \\(tid %1$d\\)</span></td><td[^>]*>15.*"
                    .formatted(slot)), shown);
        assertFalse(shown.contains("slot 13"), shown);
    }
}
