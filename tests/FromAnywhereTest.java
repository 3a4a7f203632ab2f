import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** What people run without knowing the house: by a catalog, from another folder, by a template. */
@DisplayName("A lesson, from anywhere")
class FromAnywhereTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("A lesson runs beside a broken one, and a lesson made from the template runs and passes")
    void besideABrokenOne() throws Exception {
        var clone = copyOfTheHouse();
        Files.writeString(clone.resolve("experiments/E98_Broken.java"), "class E98_Broken { this does not compile }");
        var lesson = clone.resolve("experiments/E99_YourClaim.java");
        try (var init =
                jbang(clone, "init", "-t", "experiment",
                        lesson.toString())) {
            assertEquals(0, init.exitCode(), init.err()::toString);
        }
        try (var run = jbang(clone, lesson.toString(),
                "--task-time", "300ms",
                "--out", folder.resolve("out").toString())) {
            assertEquals(0, run.exitCode(), () -> run.out() + "" + run.err());
            assertTrue(run.out().stream().anyMatch(line -> line.matches("(\\d+) of \\1 claims hold\\.")),
                    run.out()::toString);
        }
    }

    @Test
    @DisplayName("From another folder, a catalog by its path or its address gives analyze and a lesson")
    void catalogs() throws Exception {
        var http = com.sun.net.httpserver.SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), JbangTest.HOUSE.toRealPath(),
                com.sun.net.httpserver.SimpleFileServer.OutputLevel.NONE);
        http.start();
        try {
            var address = "http://127.0.0.1:%d/jbang-catalog.json".formatted(http.getAddress().getPort());
            for (var name : List.of("E02@" + JbangTest.HOUSE, "E02@" + address)) {
                try (var help = jbang(folder, "--fresh", name, "--help")) {
                    assertEquals(0, help.exitCode(), () -> name + ": " + help.err());
                    assertTrue(help.out().getFirst().startsWith("Usage: "), help.out()::toString);
                }
            }
            for (var name : List.of("analyze@" + JbangTest.HOUSE, "analyze@" + address)) {
                // With the libraries that it finds alone
                var out = folder.resolve("out" + name.length());
                try (var analyze = jbang(folder, "--fresh", name,
                        CasesTest.CASES.resolve("base.log").toString(),
                        "--out", out.toString())) {
                    assertEquals(0, analyze.exitCode(), () -> name + ": " + analyze.err());
                    assertTrue(Files.exists(out.resolve("base-in-flight.html")), () -> name + ": " + analyze.err());
                }
            }
        } finally {
            http.stop(0);
        }
    }

    /** Starts ./jbang in that folder, with nothing on its standard input. */
    private Script jbang(Path in, String... arguments) throws IOException {
        var command = Stream.concat(Stream.of(JbangTest.JBANG), Stream.of(arguments)).toArray(String[]::new);
        return JbangTest.start(in, folder.resolve("cache"), Map.of(), command);
    }

    Path copyOfTheHouse() throws IOException {
        var copy = folder.resolve("clone");
        for (var file : HouseTest.files("", ".*(?<!\\.pyc)")) {
            Files.createDirectories(copy.resolve(file).getParent());
            Files.copy(JbangTest.HOUSE.resolve(file), copy.resolve(file));
        }
        return copy;
    }

    @Test
    @DisplayName("The catalog has an alias for each way in, with a description and a file that exists")
    void catalog() throws Exception {
        var aliases = new JsonMapper().readTree(JbangTest.HOUSE.resolve("jbang-catalog.json").toFile()).get("aliases");
        var names = new TreeSet<String>();
        aliases.fieldNames().forEachRemaining(names::add);
        assertTrue(names.containsAll(Set.of("server", "client", "analyze", "lab", "bench", "test", "E01", "E02")),
                names::toString);
        for (var name : names) {
            assertTrue(Files.isRegularFile(JbangTest.HOUSE.resolve(aliases.get(name).get("script-ref").asText())),
                    name);
            assertFalse(aliases.get(name).get("description").asText().isBlank(), name);
        }
    }
}
