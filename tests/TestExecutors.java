import module java.base;

/** Executors and work for {@code class:NAME}: some that work and some that do not behave. */
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

    /** Work that connects to the test when it starts, at the port -Dtest.port, and ends when the test disconnects. */
    public static class Reports implements Runnable {
        @Override
        public void run() {
            if (Thread.interrupted()) Sneaky.<RuntimeException>sneak(new InterruptedException());
            try (var test = new Socket(InetAddress.getLoopbackAddress(), Integer.getInteger("test.port"))) {
                test.getInputStream().read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The same, and then it fails with so long a message that few of them fill a pipe. */
    public static final class ReportsAndFails extends Reports {
        @Override
        public void run() {
            super.run();
            throw new IllegalStateException("x".repeat(20_000));
        }
    }

    /** Work that throws a checked exception, as other languages do. */
    public static final class Sneaky implements Runnable {
        @Override
        public void run() {
            Sneaky.<RuntimeException>sneak(new IOException("sneaky"));
        }

        @SuppressWarnings("unchecked")
        private static <E extends Throwable> void sneak(Throwable failure) throws E {
            throw (E) failure;
        }
    }

    /** Work whose exception cannot be printed. */
    public static final class Hostile implements Runnable {
        public static final class Unspeakable extends Error {
            @Override
            public String toString() {
                throw new IllegalStateException("no words");
            }
        }

        @Override
        public void run() {
            throw new Unspeakable();
        }
    }

    /** Work that leaves its thread interrupted. */
    public static final class Interrupts implements Runnable {
        @Override
        public void run() {
            Thread.currentThread().interrupt();
        }
    }

    /** Work that prints what no log has. */
    public static final class Prints implements Runnable {
        @Override
        public void run() {
            System.out.println("Hello, I am a framework");
        }
    }

    /** Work that fails at once, with so long a message that few of them fill a pipe. */
    public static final class Talks implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("x".repeat(20_000));
        }
    }

    /** A new thread for each task; the second one dies before it runs its task. */
    public static final class LosesTheSecond implements Supplier<ExecutorService> {
        @Override
        public ExecutorService get() {
            var count = new AtomicInteger();
            return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>()) {
                @Override
                protected void beforeExecute(Thread thread, Runnable task) {
                    if (count.incrementAndGet() == 2) throw new Error("with its task");
                }
            };
        }
    }

    /** No executor at all. */
    public static final class SuppliesNothing implements Supplier<ExecutorService> {
        @Override
        public ExecutorService get() {
            return null;
        }
    }
}
