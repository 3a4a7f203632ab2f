import module java.base;

/** A bar on a terminal that follows a number until it is closed; nothing where there is no terminal. */
interface Progress extends AutoCloseable {

    @Override
    void close();

    /** Shows how much is done, asked five times a second on a thread of its own, of the most; -1: nobody knows. */
    static Progress of(String title, long most, LongSupplier done) {
        if (!Bar.isTerminal()) return () -> {};
        var bar = Bar.builder(title).setInitialMax(most).build();
        var follower = Thread.startVirtualThread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                bar.stepTo(done.getAsLong());
                LockSupport.parkNanos(200_000_000);
            }
        });
        return () -> {
            follower.interrupt();
            bar.stepTo(Math.max(most, done.getAsLong()));
            bar.close();
        };
    }
}
