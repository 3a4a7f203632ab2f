import org.junit.jupiter.api.*;

/** An experiment that cannot hold, and is none of the lab's: it shows what the lab does with a claim that fails. */
@DisplayName("Two requests leave seven tasks")
class X01_AFalseClaim {

    static final Run run = Run.server("events").cpus(8).requests(server.Mode.async, 2);

    @Test
    @DisplayName("There are seven tasks")
    void seven(TestReporter report) {
        Lab.claim(report, run, "7", 7, run.log().tasks().rowCount());
    }

    @Test
    @DisplayName("There are six tasks")
    void six(TestReporter report) {
        Lab.claim(report, run, "6", 6, run.log().tasks().rowCount());
    }
}
