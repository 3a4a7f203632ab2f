///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The article's server on Spring Boot, its tasks in a method marked @Async
//JAVA 25+
//DEPS org.springframework.boot:spring-boot-starter-webmvc:4.1.2
//SOURCES Contract.java

/*
 * Peer       Spring Boot, @Async
 * Note       The queue has no end, so pool.max-size comes into play only with a pool.queue-capacity.
 * Asked in   Spring Boot's issue 22835
 * Run it     jbang experiments/peers/SpringBoot.java
 */

import module java.base;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.*;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.*;
import org.springframework.web.bind.annotation.*;
import peers.Contract;

@EnableAutoConfiguration
@EnableAsync
@EnableScheduling // or there is no TaskScheduler
@Import(SpringBoot.Background.class)
@RestController
class SpringBoot {

    static Contract contract;

    final Background background;
    final TaskScheduler scheduler;

    static void main(String... args) {
        contract = new Contract(args, "Spring Boot, @Async", 8, "spring.task.execution.pool.core-size");
        System.setOut(System.err); // Spring logs to standard output, which is the contract's
        var application = new SpringApplication(SpringBoot.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setDefaultProperties(Map.of(
                "server.address", "127.0.0.1", "server.port", contract.port, "logging.level.root", "error"));
        var port = application.run().getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        contract.listening("Spring Boot " + SpringBootVersion.getVersion(), port);
    }

    SpringBoot(Background background, TaskScheduler scheduler) {
        this.background = background;
        this.scheduler = scheduler;
    }

    /** Writes the answer itself, to know when it is out: one that it returned would be written later. */
    @GetMapping("/")
    void endpoint(@RequestParam(name = "as_async", defaultValue = "0") BigInteger asAsync,
            HttpServletResponse response) throws IOException {
        var task = contract.accept(asAsync);
        response.setContentType("application/json");
        try (var answer = response.getOutputStream()) { // closing it sends the answer
            answer.print("\"ok\"");
        } finally { // a client that hung up has asked for the tasks all the same
            contract.begin(task, background::run, this::waiting);
        }
    }

    CompletionStage<?> waiting(Duration time) {
        var due = new CompletableFuture<>();
        scheduler.schedule(() -> due.complete(null), Instant.now().plus(time));
        return due;
    }

    /** A bean of its own, for @Async works only on calls that come from outside the bean. */
    static class Background {

        @Async
        CompletableFuture<?> run(Runnable task) {
            task.run();
            return CompletableFuture.completedFuture(null);
        }
    }
}
