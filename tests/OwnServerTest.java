import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** What the README offers for one's own server, run as it stands in the text. */
@DisplayName("Your own server, in the README")
class OwnServerTest {

    @TempDir
    Path folder;

    static String snippet(String language) throws IOException {
        var found = Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(Files.readString(ReadmeTest.README));
        assertTrue(found.find());
        assertTrue(found.group(1).lines().count() <= 15, () -> found.group(1).lines().count() + " lines");
        return found.group(1);
    }

    static void assertPlateau(int plateau, Path log) throws Exception {
        assertEquals(plateau, CasesTest.json(log).getFirst().get("plateau").asInt());
    }

    @Test
    @DisplayName("Starlette's task with a log: of 120 sync tasks of a second, 40 run at once")
    void starlette() throws Exception {
        Files.writeString(folder.resolve("tasks.py"), snippet("python") + """

                import asyncio

                async def main():
                    await asyncio.gather(*[LoggedTask(time.sleep, 1)() for _ in range(120)])

                asyncio.run(main())
                """);
        var starlette = new ProcessBuilder("/usr/bin/python3", "-c", "import starlette");
        Assumptions.assumeTrue(starlette.start().waitFor() == 0, "needs Starlette: apt install python3-fastapi");
        try (var python = Script.command(folder, Map.of(), "/usr/bin/python3", "tasks.py")) {
            assertEquals(0, python.exitCode(), python.err()::toString);
        }
        assertPlateau(40, folder.resolve("tasks.csv"));
    }

    @Test
    @DisplayName("A Runnable with a log, on a pool of 3: a plateau of 3, and how long each waited")
    void taskLog() throws Exception {
        Files.writeString(folder.resolve("Own.java"), """
                import module java.base;

                class Own {
                    static void main(String... args) throws Exception {
                        var log = new TaskLog(new PrintWriter(new FileWriter(args[0]), true));
                        try (var pool = Executors.newFixedThreadPool(3)) {
                            for (var i = 0; i < 9; i++)
                                pool.execute(log.logged(() -> LockSupport.parkNanos(200_000_000)));
                        }
                    }
                }

                """ + snippet("java"));
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-d", "" + folder,
                "" + folder.resolve("Own.java")));
        var log = folder.resolve("tasks.csv");
        try (var own = Script.command(folder, Map.of(),
                Proc.jdk("java"), "-cp", "" + folder, "Own",
                "" + log)) {
            assertEquals(0, own.exitCode(), own.err()::toString);
        }
        assertPlateau(3, log);
        assertTrue(CasesTest.json(log).getFirst().get("waitMillis").get("max").asDouble() > 200);
    }
}
