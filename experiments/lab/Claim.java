import module java.base;
import org.junit.jupiter.api.Assertions;

/** One sentence that a run shows to be true or false, while a test decides it. A test has one and ends with {@code seen}. */
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

    String article() {
        return article;
    }

    String expected() {
        return expected;
    }

    /** The outcome of this claim's test, which ended so. */
    Verdict.Outcome outcome(Optional<Throwable> failure) {
        var missing = "";
        for (var cause = failure.orElse(null); cause != null; cause = cause.getCause())
            if (cause instanceof Peer.NotInstalled peer) missing = peer.command;
        var result = failure.isEmpty() ? Verdict.Result.holds
                : failure.get() instanceof org.opentest4j.TestAbortedException ? Verdict.Result.notTested
                : Verdict.Result.doesNotHold;
        var shown = seen.isEmpty() && failure.isPresent()
                ? Objects.toString(failure.get().getMessage(), failure.get().toString())
                : seen;
        return new Verdict.Outcome(result, shown, answer, figures, missing);
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
