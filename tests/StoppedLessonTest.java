import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lessons that start their processes themselves, on engines of others. */
@Tag("peers")
@DisplayName("Ctrl-C in the middle of a lesson with processes of its own")
@Execution(ExecutionMode.CONCURRENT)
class StoppedLessonTest {

    @ParameterizedTest(name = "{0}: no process and no temporary file is left, and the next run sweeps up")
    @ValueSource(strings = {"E19", "E20", "E21"})
    void stopped(String lesson, @TempDir Path results, @TempDir Path tmp) throws Exception {
        List<ProcessHandle> processes;
        try (var lab = Script.start(List.of("-Djava.io.tmpdir=" + tmp), "Lab", lesson, "--out", results)) {
            while (Source.files(results, _ -> {}).noneMatch(StoppedLessonTest::hasRows)) {
                assertTrue(lab.process.isAlive(), () -> lab.out() + "" + lab.err());
                Thread.sleep(20);
            }
            do { // E20 has none for a moment, between a kill and the next start
                assertTrue(lab.process.isAlive(), () -> lab.out() + "" + lab.err());
                processes = lab.process.descendants().toList();
            } while (processes.isEmpty());
            lab.signal("INT");
            assertEquals(130, lab.exitCode());
        }
        for (var process : processes) process.onExit().get(1, TimeUnit.MINUTES);
        assertArrayEquals(new String[0], tmp.toFile().list());
        assertEquals(0, Call.of(Lab.commandLine(), "E17", "--out", results).exitCode());
        LabTest.assertNothingHalfDone(results);
    }

    /** Of tasks that began. */
    private static boolean hasRows(Path file) {
        try {
            return file.toString().matches(".*(\\.csv|starts-and-ends)") && Files.readAllLines(file).size() > 1;
        } catch (IOException gone) {
            return false;
        }
    }
}
