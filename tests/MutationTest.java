import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A server that was broken on purpose")
class MutationTest {

    @ParameterizedTest(name = "{0}: at least one claim of {1} does not hold")
    @CsvSource(delimiter = '|', value = {
            "Tasks are handed over all at once | E01_SyncTasksRunBesideEachOther"
                    + "| begin(answer.request, 0) | IntStream.range(0, tasks).forEach(i -> begin(answer.request, i))"
                    + "| else if (rest > 1) begin(request, ended.task.index + 1); | ",
            "The pool is one thread too small | E02_SyncTasksPlateauAtThePool | availableProcessors() + 4 | availableProcessors() + 3 | |",
            "Async tasks run on the pool | E03_AsyncTasksRunOnTheMainThread | case async -> runAsync(task) | case async -> runSync(task) | |"})
    void isCaught(String name, String experiment, String from, String to, String secondFrom, String secondTo, @TempDir Path folder) throws Exception {
        var whole = Files.readString(Lab.house().resolve("server.java"));
        var broken = whole.replace(from, to).replace(Objects.requireNonNullElse(secondFrom, from), Objects.requireNonNullElse(secondTo, ""));
        assertNotEquals(whole, broken, "server.java has changed: what was to be broken is not there");
        var source = Files.writeString(folder.resolve("server.java"), broken);
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-XDignore.symbol.file", "-cp", Run.classPath, "-d",
                folder.toString(), source.toString()));
        var results = Run.results;
        var classPath = Run.classPath;
        try {
            Run.results = folder.resolve("results");
            Run.classPath = folder + File.pathSeparator + classPath;
            var claims = Lab.execute(List.of(experiment), folder.resolve("junit"), (_, _) -> {});
            assertTrue(claims.stream().anyMatch(claim -> claim.verdict() == Lab.Verdict.DOES_NOT_HOLD && claim.entries().containsKey("seen")),
                    () -> "all claims hold: " + claims);
        } finally {
            Run.results = results;
            Run.classPath = classPath;
        }
    }
}
