// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.overload.Overload;
import io.evenkeel.sample.experiment.support.Experiment;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.server.ResponseStatusException;

/** Starts experiments and tells how they are getting on; {@code wait=true} answers when the experiment is over. */
@RestController
@RequestMapping("/experiments")
class ExperimentController {

    private static final List<String> NAMES = List.of("race", "burst", "tls", "hops", "background", "overload");

    private final Laboratory laboratory;
    private final Clients clients;
    private final Race race;
    private final Burst burst;
    private final Tls tls;
    private final TwoHops hops;
    private final BackgroundWork background;
    private final Overload overload;

    ExperimentController(
            Laboratory laboratory,
            Clients clients,
            Race race,
            Burst burst,
            Tls tls,
            TwoHops hops,
            BackgroundWork background,
            Overload overload) {
        this.laboratory = laboratory;
        this.clients = clients;
        this.race = race;
        this.burst = burst;
        this.tls = tls;
        this.hops = hops;
        this.background = background;
        this.overload = overload;
    }

    @GetMapping
    Overview overview() {
        Class<?> transport = clients.transport();
        return new Overview(
                transport.getName(),
                transport.getName().startsWith("org.springframework.boot."),
                readable(clients.settings().connectTimeout()),
                readable(clients.settings().readTimeout()),
                background.threads(),
                background.patience(),
                NAMES.stream().map(laboratory::latest).toList());
    }

    @GetMapping("/{name}")
    Run.State latest(@PathVariable String name) {
        if (!NAMES.contains(name)) {
            throw unknown(name);
        }
        return laboratory.latest(name);
    }

    /** Whatever its parameters are: those of the others are known. */
    @PostMapping("/{name}")
    Run.State start(@PathVariable String name) {
        throw unknown(name);
    }

    private static ResponseStatusException unknown(String name) {
        return new ResponseStatusException(
                HttpStatus.NOT_FOUND, "No experiment '" + name + "'; there are " + String.join(", ", NAMES));
    }

    @PostMapping("/race")
    ResponseEntity<Run.State> race(
            @RequestParam(defaultValue = "tomcat") Race.Settings.ServerKind server,
            @RequestParam(defaultValue = "edge") Race.Settings.Pace pace,
            @RequestParam(defaultValue = "20") int seconds,
            @RequestParam(defaultValue = "false") boolean wait)
            throws InterruptedException {
        Race.Settings settings = new Race.Settings(server, pace, seconds);
        return start("race", settings, progress -> race.run(settings, progress), wait);
    }

    @PostMapping("/burst")
    ResponseEntity<Run.State> burst(
            @RequestParam(defaultValue = "50") int calls,
            @RequestParam(defaultValue = "10") int patience,
            @RequestParam(defaultValue = "false") boolean wait)
            throws InterruptedException {
        Burst.Settings settings = new Burst.Settings(calls, patience);
        return start("burst", settings, progress -> burst.run(settings, progress), wait);
    }

    @PostMapping("/tls")
    ResponseEntity<Run.State> tls(
            @RequestParam(name = "clients", defaultValue = "200") int number,
            @RequestParam(defaultValue = "false") boolean keepAlive,
            @RequestParam(defaultValue = "false") boolean wait)
            throws InterruptedException {
        Tls.Settings settings = new Tls.Settings(number, keepAlive);
        return start("tls", settings, progress -> tls.run(settings, progress), wait);
    }

    @PostMapping("/hops")
    ResponseEntity<Run.State> hops(
            @RequestParam(defaultValue = "10") int calls,
            @RequestParam(defaultValue = "1000") int patience,
            @RequestParam(defaultValue = "5") int seconds,
            @RequestParam(defaultValue = "false") boolean wait)
            throws InterruptedException {
        TwoHops.Settings settings = new TwoHops.Settings(calls, patience, seconds);
        return start("hops", settings, progress -> hops.run(settings, progress), wait);
    }

    @PostMapping("/background")
    ResponseEntity<Run.State> background(
            @RequestParam(defaultValue = "50") int tasks,
            @RequestParam(defaultValue = "5") int seconds,
            @RequestParam(defaultValue = "false") boolean wait)
            throws InterruptedException {
        BackgroundWork.Settings settings = new BackgroundWork.Settings(tasks, seconds);
        return start("background", settings, progress -> background.run(settings, progress), wait);
    }

    @PostMapping("/overload")
    ResponseEntity<Run.State> overload(
            @RequestParam(defaultValue = "100") int rate,
            @RequestParam(defaultValue = "5") int before,
            @RequestParam(name = "overload", defaultValue = "10") int seconds,
            @RequestParam(defaultValue = "15") int after,
            @RequestParam(defaultValue = "false") boolean wait)
            throws InterruptedException {
        Overload.Settings settings = new Overload.Settings(rate, before, seconds, after);
        return start("overload", settings, progress -> overload.run(settings, progress), wait);
    }

    /** Ends it early, if it is running. */
    @DeleteMapping("/overload")
    Run.State stopOverload() {
        laboratory.end("overload");
        return laboratory.latest("overload");
    }

    private static String readable(@Nullable Duration timeout) {
        return (timeout != null) ? timeout.toSeconds() + " s" : "none";
    }

    private ResponseEntity<Run.State> start(String name, Object settings, Experiment experiment, boolean wait)
            throws InterruptedException {
        Run run = laboratory.start(name, settings, experiment);
        return wait
                ? ResponseEntity.ok(run.await())
                : ResponseEntity.status(HttpStatus.ACCEPTED).body(run.state());
    }

    @ExceptionHandler
    ProblemDetail badParameter(IllegalArgumentException ex) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, ex.getMessage());
    }

    @ExceptionHandler
    ProblemDetail badType(MethodArgumentTypeMismatchException ex) {
        String detail =
                "%s must be %s, but is '%s'".formatted(ex.getName(), wanted(ex.getRequiredType()), ex.getValue());
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail);
    }

    private static String wanted(@Nullable Class<?> type) {
        if (type != null && type.isEnum()) {
            return Stream.of(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        return (type == boolean.class) ? "true or false" : "a number";
    }

    @ExceptionHandler
    ProblemDetail busy(Laboratory.BusyException ex) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, ex.getMessage());
    }

    /** What the page needs to know: what carries the injected builder, what holds, and where each experiment stands. */
    record Overview(
            String transport,
            boolean sameAsStock,
            String connectTimeout,
            String readTimeout,
            String backgroundThreads,
            String backgroundPatience,
            List<Run.State> experiments) {}
}
