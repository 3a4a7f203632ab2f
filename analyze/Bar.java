import module java.base;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar for what takes its time, on a terminal; nothing where there is none. */
final class Bar {

    private Bar() {}

    /** Whether standard error is one, also where standard input is a pipe, which Java cannot tell by itself. */
    static boolean isErrATerminal() throws InterruptedException {
        try {
            return new ProcessBuilder("test", "-t", "2").inheritIO().start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return isTerminal();
        }
    }

    static boolean isTerminal() { return System.console() != null && System.console().isTerminal(); }

    static <T> Iterable<T> over(List<T> work, String name) {
        return isTerminal() ? ProgressBar.wrap(work, builder(name)) : work;
    }

    /** Waits so long, or until it is over before that. */
    static void wait(Duration time, String name, BooleanSupplier over) throws InterruptedException {
        var end = System.nanoTime() + time.toNanos();
        try (var bar =
                isTerminal() ? builder(name).setInitialMax(time.toMillis()).setUnit(" s", 1_000).build() : null) {
            for (long left; (left = end - System.nanoTime()) > 0 && !over.getAsBoolean();) {
                if (bar != null) bar.stepTo(time.toMillis() - left / 1_000_000);
                Thread.sleep(Math.min(200, left / 1_000_000 + 1));
            }
        }
    }

    static ProgressBarBuilder builder(String name) {
        return ProgressBar.builder().setTaskName(name).setStyle(ProgressBarStyle.UNICODE_BLOCK);
    }
}
