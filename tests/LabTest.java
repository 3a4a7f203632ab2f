import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("jbang lab")
class LabTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("A claim that fails is shown as seen, in the terminal and in the notebook, and makes exit code 1")
    void failedClaim() throws Exception {
        try (var lab = Script.start("Lab", "X01", "--task-time", "20ms", "--out", folder)) {
            assertEquals(1, lab.exitCode());
            assertTrue(lab.out().contains("  does not hold  There are seven tasks: 6"), lab.out()::toString);
            assertTrue(lab.out().contains("  holds          There are six tasks: 6"), lab.out()::toString);
            assertTrue(lab.out().contains("X01: There are seven tasks: expected 7, saw 6"), lab.out()::toString);
            assertEquals(List.of(), lab.err());
        }
        var notebook = Files.readString(folder.resolve("README.md"));
        assertTrue(notebook.contains("| X01 | There are seven tasks | 7 | 7 | 6 | does not hold |"), notebook);
        assertTrue(notebook.contains("| X01 | There are six tasks | 6 | 6 | 6 | holds |"), notebook);
    }

    @Test
    @DisplayName("A run leaves its events, its manifest, its pictures and both kinds of XML report, and no path of this machine")
    void leaves() throws Exception {
        try (var lab = Script.start("Lab", "X01", "--task-time", "20ms", "--out", folder)) {
            lab.exitCode();
        }
        try (var files = Files.walk(folder)) {
            var names = files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString().replace('\\', '/')).sorted().toList();
            assertEquals(List.of("README.md", "TEST-junit-jupiter.xml",
                    "X01_AFalseClaim/events-in-flight.html", "X01_AFalseClaim/events-in-flight.svg",
                    "X01_AFalseClaim/events-lanes.html", "X01_AFalseClaim/events-lanes.svg",
                    "X01_AFalseClaim/events.csv", "X01_AFalseClaim/events.json", "X01_AFalseClaim/events.txt",
                    "open-test-report.xml", "plotly.js"), names);
        }
        var manifest = new ObjectMapper().readTree(folder.resolve("X01_AFalseClaim/events.json").toFile());
        assertEquals("jbang -R=-XX:ActiveProcessorCount=8 server.java --port 0 --task-time PT0.02S --events events.csv",
                manifest.get("server").asText());
        assertEquals("jbang client.java 1 2", manifest.get("client").asText());
        for (var key : List.of("CPU", "CPUs", "CPUs seen", "memory", "system", "JDK", "libraries", "commit", "time", "load average")) {
            assertTrue(manifest.hasNonNull(key), key);
        }
        for (var file : List.of("README.md", "X01_AFalseClaim/events.json")) {
            assertFalse(Files.readString(folder.resolve(file)).contains(folder.toString()), file);
        }
    }

    @Test
    @DisplayName("An unknown experiment is refused with exit code 2, and the known ones are listed")
    void unknown() throws Exception {
        try (var lab = Script.start("Lab", "E98", "--out", folder)) {
            assertEquals(2, lab.exitCode());
            assertTrue(lab.err().getFirst().startsWith("There is no experiment E98. There are:"), lab.err()::toString);
            assertTrue(lab.err().contains("  E02_SyncTasksPlateauAtThePool"), lab.err()::toString);
        }
    }

    @Test
    @DisplayName("Each experiment has a number of its own, and its file says how to run it alone")
    void experiments() throws Exception {
        var names = Lab.classes("E\\d+_\\w+");
        assertTrue(names.size() >= 5);
        assertEquals(names.size(), names.stream().map(name -> name.substring(0, 3)).distinct().count());
        for (var name : names) {
            var text = Files.readString(Lab.house().resolve("experiments").resolve(name + ".java"));
            for (var line : List.of(" * Question     ", " * Expectation  ", " * Run it       jbang experiments/" + name + ".java")) {
                assertTrue(text.contains(line), name + " lacks: " + line);
            }
        }
    }

    @Test
    @DisplayName("--help exits 0")
    void help() throws Exception {
        try (var lab = Script.start("Lab", "--help")) {
            assertEquals(0, lab.exitCode());
            assertTrue(lab.out().getFirst().startsWith("Usage: lab"));
        }
    }
}
