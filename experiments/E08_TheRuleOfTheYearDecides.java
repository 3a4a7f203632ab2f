///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The same program has another plateau with each rule of the year
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Whose number is the plateau? Sixty requests on the same machine, with the pool that each year's software makes.
 *              (fastapi #676, #4304, #4221, starlette #1724)
 * Expectation  Python 3.5 to 3.7: CPUs × 5. Python 3.8 and later: min(32, CPUs + 4). AnyIO, so FastAPI today: 40, whatever
 *              the CPUs. So on 4 CPUs 20, 8 and 40; on 8 CPUs 40, 12 and 40, where the first and the last look the same.
 * Run it       jbang experiments/E08_TheRuleOfTheYearDecides.java
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("The same program has another plateau with each rule of the year")
class E08_TheRuleOfTheYearDecides {

    static final int REQUESTS = 60; // more than any of the pools has threads
    static final Duration TASK_TIME = Duration.ofMillis(400); // in a hurry, too: all requests have come before the first end

    static final IntUnaryOperator python35 = cpus -> cpus * 5;
    static final IntUnaryOperator python38 = cpus -> Math.min(32, cpus + 4);
    static final IntUnaryOperator anyIo = _ -> 40;

    static final List<Rule> rules = List.of(
            rule("Python 3.5 to 3.7", 4, 20, python35), rule("Python 3.8", 4, 8, python38), rule("AnyIO", 4, 40, anyIo),
            rule("Python 3.5 to 3.7", 8, 40, python35), rule("Python 3.8", 8, 12, python38), rule("AnyIO", 8, 40, anyIo));

    record Rule(String name, int cpus, int expected, Run run) {
        int plateau() {
            return run.log().highest();
        }

        @Override
        public String toString() {
            return "%s on %d CPUs".formatted(name, cpus);
        }
    }

    static void main(String... options) {
        Lab.run(options);
    }

    static Rule rule(String name, int cpus, int expected, IntUnaryOperator rule) {
        var threads = rule.applyAsInt(cpus);
        var run = Run.server("%s-%d-cpus".formatted(name.toLowerCase().replace(' ', '-'), cpus), "--executor", "pool:" + threads, "--tasks", "1")
                .cpus(cpus).predicting(new Model.Slots(threads)).requests(server.Mode.sync, REQUESTS).concurrency(REQUESTS)
                .taskTime(TASK_TIME);
        return new Rule(name, cpus, expected, run);
    }

    @ParameterizedTest(name = "The plateau is the number of the rule: {0}")
    @FieldSource("rules")
    void plateau(Rule rule, TestReporter report) {
        Lab.claim(report, rule.run, rule.name.equals("Python 3.8") && rule.cpus == 8 ? "12" : "not asked", rule.expected, rule.plateau());
    }

    @ParameterizedTest(name = "The last of sixty tasks ends after 60 / plateau task times at the earliest, rounded up: {0}")
    @FieldSource("rules")
    void rounds(Rule rule, TestReporter report) {
        var tasks = rule.run.tasks();
        var took = (double) (tasks.getLast().ended() - tasks.stream().mapToLong(Run.Task::started).min().orElseThrow());
        var least = Math.ceilDiv(REQUESTS, rule.expected);
        Lab.claim(report, rule.run, "not asked", "%d task times or more".formatted(least),
                analyze.number(took / rule.run.log().micros()) + " task times",
                took >= least * rule.run.log().micros());
    }

    @Test
    @DisplayName("On 8 CPUs Python 3.8 makes less than a third of the pool before it, and AnyIO takes that back; on 4 CPUs all three differ")
    void whatTheYearsDid(TestReporter report) {
        var on4 = plateausOn(4);
        var on8 = plateausOn(8);
        report.publishEntry("answer", "Nobody changed the program. On 8 CPUs its plateau went %s, so who skipped the middle saw nothing; "
                .formatted(text(on8)) + "on 4 CPUs it went %s. The plateau is a choice of the software, not of the machine.".formatted(text(on4)));
        Lab.claim(report, rules.getLast().run, "not asked", "20, then 8, then 40; 40, then 12, then 40", text(on4) + "; " + text(on8));
    }

    static List<Integer> plateausOn(int cpus) {
        return rules.stream().filter(rule -> rule.cpus == cpus).map(Rule::plateau).toList();
    }

    static String text(List<Integer> plateaus) {
        return plateaus.stream().map(String::valueOf).collect(Collectors.joining(", then "));
    }
}
