import module java.base;

/**
 * How a server compares with ours, from pairs measured in the same round: an estimate of the ratio and its interval
 * with 99 % confidence. The estimate is Hodges and Lehmann's, the interval that of Wilcoxon's signed-rank test, both
 * on logarithms (Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 3rd edition, 3.2 and 3.3). They assume
 * that pairs are independent and their noise is symmetric, not that it is normally distributed.
 */
record Ratio(double middle, double low, double high) {

    static final double CONFIDENCE = 0.99;
    static final double MARGIN = 0.01; // a difference up to this is none to a user

    /** What can be said: the ratio lies above one, below one, or nobody can tell. */
    enum Side {
        more, less, cannotTell
    }

    /**
     * Compares.
     *
     * @param ratios of the pairs, above 0; the interval of fewer than eight has no end
     */
    static Ratio of(double... ratios) {
        if (ratios.length == 0) return new Ratio(Double.NaN, 0, Double.POSITIVE_INFINITY);
        var logarithms = DoubleStream.of(ratios).map(Math::log).toArray();
        var means = IntStream.range(0, ratios.length) // of each with itself and each later one: Walsh averages
                .mapToObj(i -> IntStream.range(i, ratios.length)
                        .mapToDouble(j -> (logarithms[i] + logarithms[j]) / 2))
                .flatMapToDouble(Function.identity()).sorted().map(Math::exp).toArray();
        var middle = Math.sqrt(means[(means.length - 1) / 2] * means[means.length / 2]);
        var outside = outside(ratios.length);
        return outside < 0 ? new Ratio(middle, 0, Double.POSITIVE_INFINITY)
                : new Ratio(middle, means[outside], means[means.length - 1 - outside]);
    }

    /** How many of the smallest means, and of the largest, lie outside of the interval; -1: all would have to. */
    private static int outside(int pairs) {
        var ways = new double[pairs * (pairs + 1) / 2 + 1]; // in which the positive ranks have a sum
        ways[0] = 1;
        for (var rank = 1; rank <= pairs; rank++)
            for (var sum = ways.length - 1; sum >= rank; sum--) ways[sum] += ways[sum - rank];
        var allowed = (1 - CONFIDENCE) / 2 * Math.pow(2, pairs);
        var outside = -1;
        for (var tail = ways[0]; tail <= allowed; tail += ways[outside + 1]) outside++;
        return outside;
    }

    /** Whether the ratio is at most the goal; "cannot tell" if the goal lies inside the interval. */
    String atMost(double goal) {
        return high <= goal ? "met" : low > goal ? "not met" : "cannot tell";
    }

    Side side() {
        return low > 1 + MARGIN ? Side.more : high < 1 - MARGIN ? Side.less : Side.cannotTell;
    }
}
