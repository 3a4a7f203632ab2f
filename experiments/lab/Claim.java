import module java.base;
import org.junit.jupiter.api.Assertions;
import org.opentest4j.TestAbortedException;

/** One sentence that a run shows to be true or false, while a test decides it. A test ends with {@code seen}. */
final class Claim {

    private String article = "", expected = "", seen = "", answer = "";
    private final SequencedMap<String, String> figures = new LinkedHashMap<>();

    /** What the article says; not called where it says nothing. */
    Claim article(Object value) {
        article = value.toString();
        return this;
    }

    Claim expected(Object value) {
        expected = value.toString();
        return this;
    }

    /** A sentence with the numbers, for the page. */
    Claim answer(String sentence) {
        answer = sentence;
        return this;
    }

    /** More that was seen, for the page's table: a cell in the column of that name. */
    Claim figure(String name, Object value) {
        figures.put(name, value.toString());
        return this;
    }

    /** Says what was seen: the claim holds if that reads as expected. */
    void seen(Object value) {
        seen(value, value.toString().equals(expected));
    }

    /** Says what was seen, where more than one thing is as expected. */
    void seen(Object value, boolean holds) {
        seen = value.toString();
        if (!holds) Assertions.fail("expected %s, saw %s".formatted(expected, seen));
    }

    /** The verdict, when its test has ended. */
    Verdict.Judged judged(String sentence, Optional<Throwable> failure) {
        var result = switch (failure.orElse(null)) {
            case null -> seen.isEmpty() ? Verdict.Result.doesNotHold : Verdict.Result.holds; // it says nothing
            case TestAbortedException _ -> Verdict.Result.notTested;
            default -> Verdict.Result.doesNotHold;
        };
        var missing = failure.map(Throwable::getCause).orElse(null) instanceof Peer.NotInstalled not ? not.missing
                : null;
        var shown = !seen.isEmpty() ? seen
                : failure.map(why -> Objects.requireNonNullElse(why.getMessage(), "" + why)).orElse("");
        return new Verdict.Judged(sentence, article, expected,
                List.of(new Verdict.Outcome(result, shown, answer, figures, missing)));
    }

    /** For JUnit's reports. */
    Map<String, String> entries() {
        var entries = new LinkedHashMap<String, String>();
        entries.put("article", article);
        entries.put("expected", expected);
        entries.put("seen", seen);
        entries.put("answer", answer);
        entries.putAll(figures);
        entries.values().removeIf(String::isBlank);
        return entries;
    }
}
