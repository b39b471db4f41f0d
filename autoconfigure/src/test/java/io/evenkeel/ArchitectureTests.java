// SPDX-License-Identifier: Apache-2.0
package io.evenkeel;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.evenkeel.time.Ticker;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/**
 * The fences between the packages. The arrows run one way, so that the decisions can be read and tested without Spring,
 * without HttpClient and without a clock:
 *
 * <pre>
 * autoconfigure -> client -> transport -> policy -> time
 *       |                                   everyone -> event, error
 *       +-> metrics -> event
 *       +-> shutdown -> time
 *       +-> resilience4j -> policy
 * </pre>
 */
class ArchitectureTests {

    private static final String AUTOCONFIGURE = "io.evenkeel.autoconfigure..";

    private static final String CLIENT = "io.evenkeel.client..";

    private static final String TRANSPORT = "io.evenkeel.transport..";

    private static final String METRICS = "io.evenkeel.metrics..";

    private static final String RESILIENCE4J = "io.evenkeel.resilience4j..";

    private static final String SHUTDOWN = "io.evenkeel.shutdown..";

    private static final String POLICY = "io.evenkeel.policy..";

    private static final String EVENT = "io.evenkeel.event..";

    private static final String ERROR = "io.evenkeel.error..";

    private static final String TIME = "io.evenkeel.time..";

    /** Such as {@code | `pools` | their life | `clients`, `shutdown` |}. */
    private static final Pattern PACKAGE_ROW =
            Pattern.compile("\\| `([a-z0-9]+)` \\| [^|]+ \\| ((?:`[a-z0-9]+`|nothing)(?:, `[a-z0-9]+`)*) \\|");

    private static final int LARGEST_CIRCLE = 4;

    private static final Map<String, Set<String>> CLOCK_AND_SLEEP = Map.of(
            System.class.getName(), Set.of("nanoTime", "currentTimeMillis"),
            Thread.class.getName(), Set.of("sleep"),
            TimeUnit.class.getName(), Set.of("sleep"));

    private static final JavaClasses MAIN_CLASSES = new ClassFileImporter()
            .importUrl(Ticker.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void theRulesSeeTheMainClassesAndNoTests() {
        assertThat(MAIN_CLASSES).isNotEmpty();
        assertThat(MAIN_CLASSES.contain(ArchitectureTests.class)).isFalse();
    }

    @Test
    void packagesAreFreeOfCycles() {
        check(slices().matching("io.evenkeel.(**)").should().beFreeOfCycles());
    }

    @ParameterizedTest
    @ValueSource(strings = {"autoconfigure", "policy", "transport"})
    void packagesUseEachOtherAsTheDocumentationSays(String house) throws IOException {
        DescribedPredicate<JavaClass> inHouse = JavaClass.Predicates.resideInAPackage("io.evenkeel." + house + "..");
        Map<String, Set<String>> arrows = new TreeMap<>();
        for (JavaClass from : MAIN_CLASSES.that(inHouse)) {
            Set<String> used = arrows.computeIfAbsent(lastElement(from), name -> new TreeSet<>());
            from.getDirectDependenciesFromSelf().stream()
                    .map(Dependency::getTargetClass)
                    .filter(inHouse)
                    .map(ArchitectureTests::lastElement)
                    .filter(name -> !name.equals(lastElement(from)))
                    .forEach(used::add);
        }

        assertThat(documentedArrows(house)).isEqualTo(arrows);
    }

    private static String lastElement(JavaClass type) {
        return type.getPackageName().substring(type.getPackageName().lastIndexOf('.') + 1);
    }

    /** Reads the table of packages: name, purpose, names of those that it uses. */
    private static Map<String, Set<String>> documentedArrows(String house) throws IOException {
        Map<String, Set<String>> arrows = new TreeMap<>();
        boolean ofHouse = false;
        for (String line : Files.readAllLines(Path.of("..", "docs", "how-it-works.md"))) {
            if (line.startsWith("## ")) {
                ofHouse = line.equals("## The packages of `" + house + "`");
            }
            Matcher row = PACKAGE_ROW.matcher(line);
            if (ofHouse && row.matches()) {
                Set<String> used =
                        new TreeSet<>(List.of(row.group(2).replace("`", "").split(", ")));
                used.remove("nothing");
                arrows.put(row.group(1), used);
            }
        }
        return arrows;
    }

    @Test
    void noMoreThanFourClassesDependOnEachOtherInACircle() {
        Map<String, Set<String>> reached = new TreeMap<>();
        Map<String, Set<String>> uses = usesOfClasses();
        uses.keySet().forEach(name -> reached.put(name, reachedFrom(name, uses)));
        Set<Set<String>> circles = reached.keySet().stream()
                .map(name -> reached.get(name).stream()
                        .filter(other -> reached.get(other).contains(name))
                        .collect(Collectors.toCollection(TreeSet::new)))
                .filter(circle -> circle.size() > LARGEST_CIRCLE)
                .collect(Collectors.toSet());

        assertThat(circles).isEmpty();
    }

    /** {@return which class uses which, nested ones as part of those around them} A sealed type may name its own family. */
    private static Map<String, Set<String>> usesOfClasses() {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass from : MAIN_CLASSES) {
            Set<String> used = uses.computeIfAbsent(outermost(from), name -> new TreeSet<>());
            from.getDirectDependenciesFromSelf().stream()
                    .map(Dependency::getTargetClass)
                    .filter(to -> to.getPackageName().startsWith("io.evenkeel"))
                    .filter(to -> !isOfFamily(from, to))
                    .map(ArchitectureTests::outermost)
                    .filter(name -> !name.equals(outermost(from)))
                    .forEach(used::add);
        }
        return uses;
    }

    private static boolean isOfFamily(JavaClass sealed, JavaClass type) {
        return sealed.reflect().isSealed() && type.isAssignableTo(sealed.getName());
    }

    private static String outermost(JavaClass type) {
        return type.getName()
                .replaceFirst("\\[]|;$", "")
                .replaceFirst("^\\[+L", "")
                .replaceFirst("\\$.*", "");
    }

    private static Set<String> reachedFrom(String name, Map<String, Set<String>> uses) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(Set.of(name));
        while (!open.isEmpty()) {
            uses.getOrDefault(open.pop(), Set.of()).stream()
                    .filter(reached::add)
                    .forEach(open::push);
        }
        return reached;
    }

    @Test
    void arrowsRunFromAutoconfigureOverClientTransportAndPolicyToTime() {
        check(layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("autoconfigure")
                .definedBy(AUTOCONFIGURE)
                .layer("client")
                .definedBy(CLIENT)
                .layer("transport")
                .definedBy(TRANSPORT)
                .layer("metrics")
                .definedBy(METRICS)
                .layer("shutdown")
                .definedBy(SHUTDOWN)
                .layer("policy")
                .definedBy(POLICY)
                .layer("resilience4j")
                .definedBy(RESILIENCE4J)
                .layer("event")
                .definedBy(EVENT)
                .layer("error")
                .definedBy(ERROR)
                .layer("time")
                .definedBy(TIME)
                .whereLayer("autoconfigure")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("client")
                .mayOnlyBeAccessedByLayers("autoconfigure")
                .whereLayer("transport")
                .mayOnlyBeAccessedByLayers("autoconfigure", "client")
                .whereLayer("policy")
                .mayOnlyBeAccessedByLayers("autoconfigure", "client", "transport", "resilience4j")
                .whereLayer("resilience4j")
                .mayOnlyBeAccessedByLayers("autoconfigure")
                .whereLayer("metrics")
                .mayOnlyBeAccessedByLayers("autoconfigure")
                .whereLayer("shutdown")
                .mayOnlyBeAccessedByLayers("autoconfigure"));
    }

    @Test
    void theShutdownKnowsNothingOfUsButTheTime() {
        check(classes()
                .that()
                .resideInAPackage(SHUTDOWN)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfOurPackagesExcept(SHUTDOWN, TIME)));
    }

    @Test
    void metricsKnowNothingOfUsButTheEvents() {
        check(classes()
                .that()
                .resideInAPackage(METRICS)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfOurPackagesExcept(METRICS, EVENT, TIME)));
    }

    @Test
    void policiesEventsErrorsAndTimeUseNothingButTheJdk() {
        check(classes()
                .that()
                .resideInAnyPackage(POLICY, EVENT, ERROR, TIME)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", POLICY, EVENT, ERROR, TIME));
    }

    @Test
    void onlyTheTransportTouchesApacheHttpClient() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(TRANSPORT)
                // Hands on to another factory what Spring's has in its signatures.
                .and()
                .doNotHaveFullyQualifiedName("io.evenkeel.client.AttributesRequestFactory")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.hc.."));
    }

    @Test
    void onlyTheAdapterAndAutoconfigureTouchResilience4j() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(RESILIENCE4J, AUTOCONFIGURE)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.github.resilience4j.."));
    }

    @Test
    void onlyMetricsAndAutoconfigureTouchMicrometer() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(METRICS, AUTOCONFIGURE)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer.."));
    }

    @Test
    void springStaysOutOfTransportPolicyEventErrorAndTime() {
        check(noClasses()
                .that()
                .resideInAnyPackage(TRANSPORT, POLICY, EVENT, ERROR, TIME)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.."));
    }

    @Test
    void onlyThePackageTimeReadsTheClockOrSleeps() {
        check(noClasses().that().resideOutsideOfPackage(TIME).should().accessTargetWhere(readsTheClockOrSleeps()));
    }

    @Test
    void theRuleOnTheClockSeesMethodReferencesToo() {
        JavaClass ticker = MAIN_CLASSES.get("io.evenkeel.time.Ticker");

        assertThat(ticker.getAccessesFromSelf()).anyMatch(readsTheClockOrSleeps());
    }

    @Test
    void autoConfigurationsArePublicAndFinal() {
        check(classes()
                .that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .bePublic()
                .andShould()
                .haveModifier(FINAL));
    }

    @Test
    void noMethodIsSynchronized() {
        check(noMethods()
                .should()
                .haveModifier(SYNCHRONIZED)
                .because("a virtual thread that waits inside a monitor pins its carrier on JDK 21 to 23"));
    }

    @Test
    void nothingThatComesFromElsewhereIsEvaluatedOrDeserialized() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.expression..", "javax.script..", "javax.naming..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ObjectInputStream.class.getName())
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ProcessBuilder.class.getName())
                .orShould()
                .callMethod(Runtime.class, "exec", String.class));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN_CLASSES);
    }

    private static DescribedPredicate<JavaClass> resideOutsideOfOurPackagesExcept(String... allowed) {
        return JavaClass.Predicates.resideOutsideOfPackage("io.evenkeel..")
                .or(JavaClass.Predicates.resideInAnyPackage(allowed));
    }

    private static DescribedPredicate<JavaAccess<?>> readsTheClockOrSleeps() {
        return describe(
                "read the clock or sleep",
                access -> CLOCK_AND_SLEEP
                        .getOrDefault(access.getTargetOwner().getName(), Set.of())
                        .contains(access.getTarget().getName()));
    }
}
