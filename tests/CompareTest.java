import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;

@DisplayName("jbang lab compare")
class CompareTest {

    static Verdict.Judged claim(String sentence, Verdict.Result result, String seen) {
        return new Verdict.Judged(sentence, "", "12",
                List.of(new Verdict.Outcome(result, seen, "", new LinkedHashMap<>(), null)));
    }

    static Verdict verdict(SequencedMap<String, List<Double>> figures, Verdict.Judged... claims) {
        return new Verdict("E02_ThePool", "The pool", "", "", "", List.of(claims),
                List.of(new Verdict.Measured("pool", "pool", "pool.csv", "",
                        "", List.of("timeline"), figures, List.of())),
                List.of(), null);
    }

    static SequencedMap<String, List<Double>> figures(Object... namesAndValues) {
        var figures = new LinkedHashMap<String, List<Double>>();
        for (var i = 0; i < namesAndValues.length; i += 2)
            figures.put((String) namesAndValues[i],
                    Stream.of(namesAndValues[i + 1].toString().split(" ")).map(Double::valueOf).toList());
        return figures;
    }

    @Test
    @DisplayName("Only what holds on one side and not on the other differs; what one side has not tested or has "
            + "not got is said, not counted. What agrees is counted, not said")
    void claims() {
        var left = verdict(figures(), claim("A", Verdict.Result.holds, "12"), claim("B", Verdict.Result.holds, "12"),
                claim("C", Verdict.Result.notTested, "no time"), claim("D", Verdict.Result.holds, "12"),
                claim("E", Verdict.Result.notTested, "no time"), claim("F", Verdict.Result.holds, "12"));
        var right = verdict(figures(), claim("A", Verdict.Result.holds, "12"),
                claim("B", Verdict.Result.doesNotHold, "11"),
                claim("C", Verdict.Result.holds, "12"), claim("D", Verdict.Result.notTested, "no peer"),
                claim("E", Verdict.Result.notTested, "no peer"), claim("G", Verdict.Result.holds, "12"));
        assertEquals("""
                Left:  one
                Right: two

                DIFFER            E02  B: left holds, right does not hold (expected 12, saw 11)
                not tested left   E02  C: left not tested (no time), right holds
                not tested right  E02  D: left holds, right not tested (no peer)
                only left         claims of E02
                only right        claims of E02
                """.lines().toList(),
                compare(left, right).lines().takeWhile(line -> !line.startsWith("Figures")).toList()
                        .reversed().stream().dropWhile(String::isEmpty).toList().reversed());
        assertEquals("1 of 2 claims that both sides tested differs.", compare(left, right).lines().toList().getLast());
        assertEquals("0 of 4 claims that both sides tested differ.", compare(left, left).lines().toList().getLast());
    }

    @Test
    @DisplayName("Figures of the same runs stand beside each other: median, range and difference; one that a "
            + "side lacks is shown, too")
    void figuresOfRuns() {
        var left = verdict(figures("highest", "12 12 11", "plateau", "12", "spread of task 2 [ms]", "3000.25",
                "memory [MB]", "80"));
        var right = verdict(
                figures("highest", "13", "plateau", "12", "spread of task 2 [ms]", "2000", "OS threads", "40"));
        assertEquals(List.of(
                "Figures that differ, as median (lowest to highest).",
                line("run", "figure", "left", "right", "difference"),
                line("E02 pool", "highest", "12 (11 to 12)", "13", "+1"),
                line("E02 pool", "spread of task 2 [ms]", "3000.25", "2000", "-1000.25"),
                line("E02 pool", "memory [MB]", "80", "-", "-"),
                line("E02 pool", "OS threads", "-", "40", "-"),
                "", "0 of 0 claims that both sides tested differ."),
                compare(left, right).lines().dropWhile(line -> !line.startsWith("Figures")).toList());
    }

    @Test
    @DisplayName("A lesson that was measured with other options is named")
    void otherOptions() {
        var left = verdict(figures());
        var right = new Verdict(left.lesson(), "", "", "", "jbang it --task-time 300ms", List.of(), List.of(),
                List.of(), null);
        assertTrue(compare(left, right).contains("other options     E02  left : right jbang it --task-time 300ms"));
        assertFalse(compare(left, left).contains("other options"));
    }

    private static String line(String run, String figure, String left, String right, String difference) {
        return "%-28s  %-28s  %26s  %26s  %12s".formatted(run, figure, left, right, difference);
    }

    private static String compare(Verdict left, Verdict right) {
        return Compare.compare(Path.of("one"), List.of(left), Path.of("two"), List.of(right));
    }
}
