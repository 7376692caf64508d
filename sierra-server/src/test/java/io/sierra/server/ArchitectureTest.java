package io.sierra.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.concurrent.Published;
import java.util.Arrays;
import java.util.stream.Stream;

/** Who may know whom. Maven holds the edges between modules; these are the finer ones. */
@AnalyzeClasses(packages = "io.sierra", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest static final ArchRule protocol = sees("protocol");

    /** Of the protocol what an event is and how an append ends, but no command and no wire. */
    @ArchTest
    static final ArchRule storage =
            sees("storage", "protocol.id", "protocol.version", "protocol.event", "protocol.reply");

    @ArchTest static final ArchRule cluster = sees("cluster", "storage", "protocol");

    @ArchTest static final ArchRule netty = staysIn("server", "io.netty..");
    @ArchTest static final ArchRule picocli = staysIn("server.cli", "picocli..");

    @ArchTest
    static final ArchRule filesAreReachedThroughTheDevice =
            noClasses()
                    .that()
                    .resideInAPackage("io.sierra.storage..")
                    .and()
                    .resideOutsideOfPackages("io.sierra.storage.io..")
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.nio.channels.FileChannel");

    @ArchTest
    static final ArchRule cycles =
            slices().matching("io.sierra.(*).(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ownedStateIsNotShared =
            fields().that()
                    .areDeclaredInClassesThat(areOwned())
                    .and()
                    .areNotAnnotatedWith(Published.class)
                    .should()
                    .notHaveModifier(JavaModifier.VOLATILE);

    private static ArchRule sees(String part, String... others) {
        String[] allowed =
                Stream.concat(Stream.of(part), Arrays.stream(others))
                        .map(name -> "io.sierra." + name + "..")
                        .toArray(String[]::new);
        DescribedPredicate<JavaClass> forbidden =
                resideInAPackage("io.sierra..")
                        .and(DescribedPredicate.not(resideInAnyPackage(allowed)));
        return noClasses()
                .that()
                .resideInAPackage("io.sierra." + part + "..")
                .should()
                .dependOnClassesThat(forbidden);
    }

    private static ArchRule staysIn(String part, String library) {
        String home = part.isEmpty() ? "io.sierra.." : "io.sierra." + part + "..";
        return noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    private static DescribedPredicate<JavaClass> areOwned() {
        return DescribedPredicate.describe(
                "owned by one thread", type -> type.isAnnotatedWith(OwnedBy.class));
    }
}
