///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The article's server on Micronaut, its tasks in a method marked @Async
//JAVA 25+
//DEPS io.micronaut:micronaut-http-server-netty:4.10.26
//DEPS io.micronaut:micronaut-jackson-databind:4.10.26
//DEPS io.micronaut:micronaut-inject-java:4.10.26
//DEPS org.slf4j:slf4j-simple:2.0.17
//RUNTIME_OPTIONS -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
//COMPILE_OPTIONS -proc:full
//SOURCES Contract.java

/*
 * Peer       Micronaut, @Async
 * Note       The TaskScheduler shares that pool, so while sync tasks fill it, async ones end late.
 * Run it     jbang experiments/peers/Micronaut.java
 */

package peers; // Micronaut refuses beans in the default package

import module java.base;
import io.micronaut.core.version.VersionUtils;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.*;
import io.micronaut.http.context.event.HttpRequestTerminatedEvent;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.scheduling.TaskScheduler;
import io.micronaut.scheduling.annotation.Async;
import jakarta.inject.Singleton;

public class Micronaut {

    static Contract contract;

    public static void main(String... args) {
        contract = new Contract(args, "Micronaut, @Async", 16,
                "2 x CPUs: micronaut.executors.scheduled.core-pool-size");
        var port = contract.port == 0 ? -1 : contract.port; // -1 is Micronaut's way to ask for any free one
        var http = io.micronaut.runtime.Micronaut.build(args).mainClass(Micronaut.class).banner(false)
                .properties(Map.of("micronaut.server.host", "127.0.0.1", "micronaut.server.port", port))
                .start().getBean(EmbeddedServer.class);
        contract.listening("Micronaut " + VersionUtils.MICRONAUT_VERSION, http.getPort());
    }

    @Controller
    public static class Endpoint {

        private final Background background;
        private final TaskScheduler scheduler;

        Endpoint(Background background, TaskScheduler scheduler) {
            this.background = background;
            this.scheduler = scheduler;
        }

        @Get
        String get(@QueryValue(value = "as_async", defaultValue = "0") BigInteger asAsync, HttpRequest<?> request) {
            request.setAttribute("task", contract.accept(asAsync));
            return "\"ok\"";
        }

        /** Comes when the answer was written or its client is gone; the event loop flushes it before its next task. */
        @EventListener
        void written(HttpRequestTerminatedEvent event) {
            var request = (NettyHttpRequest<?>) event.getSource();
            var eventLoop = request.getChannelHandlerContext().executor();
            request.getAttribute("task", Contract.Task.class).ifPresent(task -> eventLoop.execute(
                    () -> contract.begin(task, background::run, this::waiting)));
        }

        CompletionStage<?> waiting(Duration time) {
            var due = new CompletableFuture<>();
            scheduler.schedule(time, () -> due.complete(null));
            return due;
        }
    }

    /** A bean of its own, for @Async works only on calls that come from outside the bean. */
    @Singleton
    static class Background {

        @Async
        CompletableFuture<?> run(Runnable task) {
            task.run();
            return CompletableFuture.completedFuture(null);
        }
    }
}
