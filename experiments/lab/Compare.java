import module java.base;

/** What two folders of results agree on, and what not. */
final class Compare {

    private static final String CLAIM = "%-16s  %s  %s: %s%n";
    private static final String FIGURE = "%-28s  %-28s  %26s  %26s  %12s%n";

    private Compare() {}

    /**
     * The claims of both sides, then the figures of the same runs, then how many claims really differ: hold on one
     * side and not on the other. What one side has not tested is no difference.
     */
    static String compare(Path left, List<Verdict> leftVerdicts, Path right, List<Verdict> rightVerdicts) {
        var text = new StringBuilder("Left:  %s%nRight: %s%n%n".formatted(left, right));
        var lefts = claims(leftVerdicts);
        var rights = claims(rightVerdicts);
        var names = new LinkedHashSet<>(lefts.keySet());
        names.addAll(rights.keySet());
        int tested = 0, differ = 0;
        for (var name : names) {
            var one = lefts.get(name);
            var other = rights.get(name);
            var kind = kind(one, other);
            if (kind.equals("agree") || kind.equals("DIFFER")) tested++;
            if (kind.equals("DIFFER")) differ++;
            text.append(CLAIM.formatted(kind, name.lesson, name.sentence,
                    one == null || other == null || kind.equals("agree")
                            ? word(one == null ? other : one)
                            : "left %s, right %s".formatted(word(one), word(other))));
        }
        text.append(figures(leftVerdicts, rightVerdicts));
        return text.append("%n%d of %d claims that both sides tested %s.%n".formatted(differ, tested,
                differ == 1 ? "differs" : "differ")).toString();
    }

    private record Name(String lesson, String sentence) {}

    private static SequencedMap<Name, Verdict.Judged> claims(List<Verdict> verdicts) {
        var claims = new LinkedHashMap<Name, Verdict.Judged>();
        for (var verdict : verdicts)
            verdict.claims().forEach(claim -> claims.put(new Name(verdict.number(), claim.sentence()), claim));
        return claims;
    }

    private static String kind(Verdict.Judged left, Verdict.Judged right) {
        if (right == null) return "only left";
        if (left == null) return "only right";
        var leftTested = left.result() != Verdict.Result.notTested;
        var rightTested = right.result() != Verdict.Result.notTested;
        if (!leftTested) return rightTested ? "not tested left" : "not tested";
        return !rightTested ? "not tested right" : left.result() == right.result() ? "agree" : "DIFFER";
    }

    private static String word(Verdict.Judged claim) {
        return switch (claim.result()) {
            case holds -> "holds";
            case doesNotHold -> "does not hold (%s)".formatted(LessonPage.difference(claim));
            case notTested -> "not tested (%s)".formatted(LessonPage.reason(claim).seen());
        };
    }

    /** A line a figure of which at least one side has a value, unless both medians are the same. */
    private static String figures(List<Verdict> lefts, List<Verdict> rights) {
        var text = new StringBuilder("%nFigures that differ, as median (lowest to highest).%n".formatted());
        text.append(FIGURE.formatted("run", "figure", "left", "right", "difference"));
        for (var left : lefts) {
            for (var run : left.runs()) {
                var same = rights.stream().filter(right -> right.lesson().equals(left.lesson()))
                        .flatMap(right -> right.runs().stream())
                        .filter(other -> other.name().equals(run.name())).findFirst();
                if (same.isEmpty()) continue;
                var names = new LinkedHashSet<>(run.figures().keySet());
                names.addAll(same.get().figures().keySet());
                for (var name : names) text.append(figure(left.number() + " " + run.name(), name,
                        run.figures().getOrDefault(name, List.of()),
                        same.get().figures().getOrDefault(name, List.of())));
            }
        }
        return text.toString();
    }

    private static String figure(String run, String name, List<Double> left, List<Double> right) {
        var difference = left.isEmpty() || right.isEmpty() ? Double.NaN : Verdict.median(right) - Verdict.median(left);
        if (difference == 0) return "";
        return FIGURE.formatted(run, name, left.isEmpty() ? "-" : Markdown.range(left),
                right.isEmpty() ? "-" : Markdown.range(right),
                Double.isNaN(difference) ? "-" : (difference > 0 ? "+" : "") + Markdown.number(difference));
    }
}
