//SOURCES Model.java

import module java.base;
import picocli.CommandLine;
import picocli.CommandLine.*;

/** What no machine can run: the figures of a schedule without its rows. Times are microseconds. */
@Command(name = "predict", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Says how many sync tasks would be in flight at once, how long they would take and wait, on a perfect machine.")
final class Predict implements Callable<Integer> {

    static final int MOST_SIMULATED = 1_000_000; // tasks, whose rows take some 100 MB

    @Option(names = "--requests", required = true, paramLabel = "N", description = "Requests, 1 or more.")
    long requests;
    @Option(names = "--slots", required = true, paramLabel = "N", description = "Threads of the pool.")
    int slots;
    @Option(names = "--tasks", defaultValue = "3", paramLabel = "N", description = "Tasks of a request (default: ${DEFAULT-VALUE}).")
    int tasks;
    @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME", description = "How long a task waits (default: ${DEFAULT-VALUE}).")
    Duration taskTime;
    @Option(names = "--rate", paramLabel = "N", description = "Requests a second (default: all at once).")
    BigDecimal rate;
    @Spec
    CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        try {
            var predicted = predict(requests, slots, tasks, taskTime.toNanos() / 1_000, rate);
            LongFunction<String> seconds = micros -> analyze.number(micros / 1e6) + " s";
            spec.commandLine().getOut().printf("%-12s%d%nmakespan    %s%nqueue wait  p50 %s, p90 %s, p99 %s, max %s%n",
                    rate == null ? "plateau" : "highest", predicted.highest, seconds.apply(predicted.makespan), seconds.apply(predicted.wait(50)),
                    seconds.apply(predicted.wait(90)), seconds.apply(predicted.wait(99)), seconds.apply(predicted.wait(100)));
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        } catch (ArithmeticException e) {
            throw new ParameterException(spec.commandLine(), "Too many tasks, or they take 292,000 years: take fewer --requests or --tasks");
        }
    }

    /** The highest concurrency, the last end, and for r from 1 to tasks the wait in the queue of the task that waits the r-th least. */
    record Prediction(long tasks, long highest, long makespan, LongUnaryOperator waits) {

        /** The wait that so many percent of the tasks, from 1 to 100, do not exceed (nearest rank). */
        long wait(int percent) {
            return waits.applyAsLong(Math.ceilDiv(Math.multiplyExact(tasks, percent), 100));
        }
    }

    /**
     * Predicts N requests of K equal tasks on S slots with one queue, by a formula, so in constant time and memory.
     *
     * <p><b>All at once.</b> First tasks queue in the order of the requests. So they end, which hands over second tasks in the same order, and so on:
     * the n-th task to start, from 0 on, is task n div N of request n mod N. Tasks run in rounds of w = min(N, S): a round that ends hands over w
     * tasks to the N - w that wait, or all that are left, so the next one is full, too, or the last. So task n starts in round n div w, and there
     * are ⌈NK / w⌉. It was queued at the start if n < N, else when round (n - N) div w ended. With N = qw + r, of the first tasks w each wait
     * 0, 1, … q - 1 rounds, and r wait q. A later one waits n div w - (n - N) div w - 1 rounds: q if n mod w < r, else q - 1.
     *
     * <p><b>At a rate.</b> An unfinished request has one task that waits or is in flight. Where nobody waits it is unfinished for K task times, in
     * which ⌈K · task time · rate⌉ requests come. With as many slots nobody waits; with fewer, all get taken, and the rest is simulated.
     *
     * @param rate requests a second, from 0.000001 to a billion; null for all at once
     * @throws IllegalArgumentException if an argument is below 1, the rate out of its range, or too much would have to be simulated
     * @throws ArithmeticException      if a figure does not fit into 63 bits
     */
    static Prediction predict(long requests, int slots, int tasks, long taskTime, BigDecimal rate) {
        if (requests < 1) throw new IllegalArgumentException("--requests must be 1 or more, not " + requests);
        if (slots < 1) throw new IllegalArgumentException("--slots must be 1 or more, not " + slots);
        if (tasks < 1) throw new IllegalArgumentException("--tasks must be 1 or more, not " + tasks);
        if (taskTime < 1) throw new IllegalArgumentException("--task-time must be a microsecond or more");
        var total = Math.multiplyExact(requests, tasks);
        if (rate == null) {
            long width = Math.min(requests, slots), q = requests / width, r = requests % width;
            LongUnaryOperator longer = n -> n / width * r + Math.min(n % width, r); // tasks before the n-th with n mod w < r
            var shorter = total - requests - (longer.applyAsLong(total) - longer.applyAsLong(requests)); // later tasks that wait q - 1 rounds
            return new Prediction(total, width, Math.multiplyExact(Math.ceilDiv(total, width), taskTime),
                    rank -> taskTime * (rank <= q * width ? (rank - 1) / width : rank <= q * width + shorter ? q - 1 : q));
        }
        if (rate.compareTo(new BigDecimal("0.000001")) < 0 || rate.compareTo(new BigDecimal("1e9")) > 0)
            throw new IllegalArgumentException("--rate must be from 0.000001 to 1000000000 requests a second, not " + rate);
        LongUnaryOperator arrival = n -> BigDecimal.valueOf(n).movePointRight(6).divideToIntegralValue(rate).longValueExact();
        var unfinished = rate.multiply(BigDecimal.valueOf(Math.multiplyExact(taskTime, tasks))).movePointLeft(6).setScale(0, RoundingMode.CEILING)
                .min(BigDecimal.valueOf(requests)).longValueExact();
        if (unfinished <= slots)
            return new Prediction(total, unfinished, Math.addExact(arrival.applyAsLong(requests - 1), taskTime * tasks), _ -> 0);
        if (total > MOST_SIMULATED)
            throw new IllegalArgumentException("At --rate %s requests wait, and %d tasks are too many to simulate (%d at most). ".formatted(rate,
                    total, MOST_SIMULATED)
                    + "Take fewer --requests, more --slots (nobody waits with %d), or leave out --rate.".formatted(unfinished));
        var rows = Model.schedule(LongStream.range(0, requests).map(arrival).toArray(), tasks, (_, _) -> taskTime, new Model.Slots(slots));
        var waits = rows.stream().mapToLong(row -> row.started() - row.queued()).sorted().toArray();
        return new Prediction(total, slots, rows.getLast().ended(), rank -> waits[(int) rank - 1]);
    }
}
