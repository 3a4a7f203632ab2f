///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The article's server on Quarkus, its tasks in the ManagedExecutor
//JAVA 25+
//DEPS io.quarkus.platform:quarkus-bom:3.34.1@pom
//DEPS io.quarkus:quarkus-rest
//DEPS io.quarkus:quarkus-smallrye-context-propagation
//RUNTIME_OPTIONS --add-opens=java.base/java.lang=ALL-UNNAMED
//Q:CONFIG quarkus.http.host=127.0.0.1
//Q:CONFIG quarkus.banner.enabled=false
//Q:CONFIG quarkus.log.level=WARN
//Q:CONFIG quarkus.log.console.stderr=true
//SOURCES Contract.java

/*
 * Peer       Quarkus, ManagedExecutor
 * Note       The endpoint runs on the same pool, so while sync tasks fill it, answers are late. The pool resets its
 *            threads' locals, hence the --add-opens.
 * Run it     jbang experiments/peers/Quarkus.java
 */

import module java.base;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.vertx.http.*;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import jakarta.ws.rs.*;
import jakarta.ws.rs.container.*;
import jakarta.ws.rs.core.*;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.jboss.resteasy.reactive.RestQuery;
import peers.Contract;

@QuarkusMain
@Path("/")
public class Quarkus {

    static Contract contract;

    @Inject
    ManagedExecutor executor;
    @Inject
    Vertx vertx;

    public static void main(String... args) {
        contract = new Contract(args, "Quarkus, ManagedExecutor", 200,
                "max(200, 8 x CPUs): quarkus.thread-pool.max-threads");
        System.setProperty("quarkus.http.port", "" + contract.port);
        io.quarkus.runtime.Quarkus.run(args);
    }

    void listening(@ObservesAsync HttpServerStart event, HttpServer http) {
        var version = io.quarkus.runtime.Quarkus.class.getPackage().getImplementationVersion();
        contract.listening("Quarkus " + version, http.getPort());
    }

    /** The callback comes when the answer was submitted to the event loop, which writes it before its next task. */
    @GET
    public void endpoint(@RestQuery("as_async") @DefaultValue("0") BigInteger asAsync,
            @Suspended AsyncResponse response) {
        var task = contract.accept(asAsync);
        var eventLoop = vertx.getOrCreateContext();
        response.register((CompletionCallback) _ -> eventLoop.runOnContext(
                _ -> contract.begin(task, executor::runAsync, this::waiting)));
        response.resume(Response.ok("\"ok\"", MediaType.APPLICATION_JSON).build());
    }

    CompletionStage<?> waiting(Duration time) {
        return vertx.timer(time.toNanos(), TimeUnit.NANOSECONDS).toCompletionStage();
    }
}
