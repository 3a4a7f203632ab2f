import module java.base;

/** What differs between two folders of results. */
final class Compare {

    private static final String CLAIM = "%-16s  %s  %s: %s%n";
    private static final String FIGURE = "%-28s  %-28s  %26s  %26s  %12s%n";

    private Compare() {}

    /** Claims, then figures of the same runs. Claims differ where they hold on one side and not on the other. */
    static String compare(Path left, List<Verdict> leftVerdicts, Path right, List<Verdict> rightVerdicts) {
        var text = new StringBuilder("Left:  %s%nRight: %s%n%n".formatted(left, right));
        var lefts = claims(leftVerdicts);
        var rights = claims(rightVerdicts);
        var names = new LinkedHashSet<>(lefts.keySet());
        names.addAll(rights.keySet());
        var lonely = new TreeMap<Kind, Set<String>>(); // the lessons of claims that one side has alone
        int agree = 0, differ = 0;
        for (var name : names) {
            var one = lefts.get(name);
            var other = rights.get(name);
            var kind = kind(one, other);
            switch (kind) {
                case agree -> agree++;
                case untested -> {}
                case onlyLeft, onlyRight -> lonely.computeIfAbsent(kind, _ -> new LinkedHashSet<>()).add(name.lesson);
                case differ, untestedLeft, untestedRight -> text.append(CLAIM.formatted(kind.word, name.lesson,
                        name.sentence, "left %s, right %s".formatted(word(one), word(other))));
            }
            if (kind == Kind.differ) differ++;
        }
        lonely.forEach((side, lessons) -> text.append("%-16s  claims of %s%n".formatted(side.word,
                String.join(", ", lessons))));
        text.append(commands(leftVerdicts, rightVerdicts)).append(figures(leftVerdicts, rightVerdicts));
        return text.append("%n%d of %d claims that both sides tested %s.%n".formatted(differ, agree + differ,
                differ == 1 ? "differs" : "differ")).toString();
    }

    private record Name(String lesson, String sentence) {}

    /** What two folders say of one claim; of what has no word, nothing is printed. */
    private enum Kind {
        agree(""), differ("DIFFER"), untested(""), untestedLeft("not tested left"),
        untestedRight("not tested right"), onlyLeft("only left"), onlyRight("only right");

        final String word;

        Kind(String word) { this.word = word; }
    }

    private static SequencedMap<Name, Verdict.Judged> claims(List<Verdict> verdicts) {
        var claims = new LinkedHashMap<Name, Verdict.Judged>();
        for (var verdict : verdicts)
            verdict.claims().forEach(claim -> claims.put(new Name(verdict.number(), claim.sentence()), claim));
        return claims;
    }

    private static Kind kind(Verdict.Judged left, Verdict.Judged right) {
        if (right == null) return Kind.onlyLeft;
        if (left == null) return Kind.onlyRight;
        var notLeft = left.result() == Verdict.Result.notTested;
        var notRight = right.result() == Verdict.Result.notTested;
        if (notLeft || notRight) return !notRight ? Kind.untestedLeft : notLeft ? Kind.untested : Kind.untestedRight;
        return left.result() == right.result() ? Kind.agree : Kind.differ;
    }

    private static String word(Verdict.Judged claim) {
        return claim.result().word + switch (claim.result()) {
            case holds -> "";
            case doesNotHold -> " (%s)".formatted(claim.difference());
            case notTested -> " (%s)".formatted(claim.reason().seen());
        };
    }

    /** Lessons that were measured with other options, such as a task time: figures may differ for that reason. */
    private static String commands(List<Verdict> lefts, List<Verdict> rights) {
        var text = new StringBuilder();
        for (var left : lefts) for (var right : rights)
            if (left.lesson().equals(right.lesson()) && !left.command().equals(right.command()))
                text.append(CLAIM.formatted("other options", left.number(), "left " + left.command(),
                        "right " + right.command()));
        return text.toString();
    }

    /** A line a figure of which at least one side has a value, unless both medians are the same. */
    private static String figures(List<Verdict> lefts, List<Verdict> rights) {
        var text = new StringBuilder("%nFigures that differ, as median (lowest to highest).%n".formatted());
        text.append(FIGURE.formatted("run", "figure", "left", "right", "difference"));
        for (var left : lefts) for (var right : rights) for (var one : left.runs()) for (var other : right.runs()) {
            if (!left.lesson().equals(right.lesson()) || !one.name().equals(other.name())) continue;
            var names = new LinkedHashSet<>(one.figures().keySet());
            names.addAll(other.figures().keySet());
            for (var name : names) text.append(figure(left.number() + " " + one.name(), name,
                    one.figures().getOrDefault(name, List.of()), other.figures().getOrDefault(name, List.of())));
        }
        return text.toString();
    }

    private static String figure(String run, String name, List<Double> left, List<Double> right) {
        var both = !left.isEmpty() && !right.isEmpty();
        var difference = both ? Verdict.median(right) - Verdict.median(left) : Double.NaN;
        if (difference == 0) return "";
        return FIGURE.formatted(run, name, left.isEmpty() ? "-" : Markdown.range(left),
                right.isEmpty() ? "-" : Markdown.range(right),
                (difference > 0 ? "+" : "") + Words.number(difference));
    }
}
