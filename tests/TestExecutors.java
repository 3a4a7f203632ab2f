import module java.base;

/** Executors for {@code --executor class:NAME}: one that works and some that do not behave. */
public final class TestExecutors {

    public static final class OneThread implements Supplier<ExecutorService> {
        @Override
        public ExecutorService get() {
            return Executors.newSingleThreadExecutor();
        }
    }

    /** Interrupts the second task that it runs. */
    public static final class InterruptsTheSecond implements Supplier<ExecutorService> {
        @Override
        public ExecutorService get() {
            var count = new AtomicInteger();
            return new ThreadPoolExecutor(8, 8, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
                @Override
                protected void beforeExecute(Thread thread, Runnable task) {
                    if (count.incrementAndGet() == 2) thread.interrupt();
                }
            };
        }
    }

    /** Refuses the second task that it is given. */
    public static final class RefusesTheSecond implements Supplier<ExecutorService> {
        @Override
        public ExecutorService get() {
            var count = new AtomicInteger();
            return new ThreadPoolExecutor(8, 8, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
                @Override
                public void execute(Runnable task) {
                    if (count.incrementAndGet() == 2) throw new RejectedExecutionException("no");
                    super.execute(task);
                }
            };
        }
    }

    /** Work that fails the second time. */
    public static final class FailsTheSecondTime implements Runnable {
        private int count;

        @Override
        public synchronized void run() {
            if (++count == 2) throw new IllegalStateException("the second");
        }
    }
}
