import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;

@DisplayName("Difference.java")
class DifferenceTest {

    static final long SECOND = 1_000_000;
    static final Duration TASK_TIME = Duration.ofSeconds(3); // the article's

    @Test
    @DisplayName("Off the model: the largest difference in flight that lasts a tenth of a task time, and the largest between two ends")
    void differences() {
        var slots = Model.schedule(new long[3], 1, (_, _) -> 3 * SECOND, new Model.Slots(2)); // in flight: 2 for 3 s, then 1 for 3 s
        var late = slots.stream().map(row -> row.request() < 2 ? row // and one that runs 2.8 s instead, beside them for a moment
                : new Model.Row(2, 0, "sync", 3, 0, 0, row.started() - SECOND / 5, row.ended() - SECOND / 4)).toList();
        var differences = Difference.between(Model.log(late, "seen", TASK_TIME), Model.log(slots, "model", TASK_TIME));
        assertEquals(Map.of("off the model: in flight", 0.0, "off the model: end [ms]", 250.0), differences); // 0.2 s and 0.25 s are short
        var early = slots.stream().map(row -> row.request() < 2 ? row
                : new Model.Row(2, 0, "sync", 3, 0, 0, 0, 3 * SECOND)).toList();
        differences = Difference.between(Model.log(early, "seen", TASK_TIME), Model.log(slots, "model", TASK_TIME));
        assertEquals(Map.of("off the model: in flight", 1.0, "off the model: end [ms]", 3_000.0), differences);
    }

    @Test
    @DisplayName("Requests that came at once may queue in another order than they are numbered: that is not off the model")
    void order() {
        var slots = Model.schedule(new long[3], 1, (_, _) -> 3 * SECOND, new Model.Slots(2)); // requests 0 and 1, then 2
        var other = slots.stream().map(row -> new Model.Row(2 - row.request(), 0, "sync", row.thread(), 0, 0, row.started(), row.ended())).toList();
        assertEquals(Map.of("off the model: in flight", 0.0, "off the model: end [ms]", 0.0),
                Difference.between(Model.log(other, "seen", TASK_TIME), Model.log(slots, "model", TASK_TIME)));
    }
}
