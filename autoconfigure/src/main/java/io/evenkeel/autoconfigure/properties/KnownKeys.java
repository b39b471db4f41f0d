// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;

/** The keys that there are, with their types. A name that the user chooses stands as {@code <name>}. */
public final class KnownKeys {

    /** Stands for a name that the user chooses. */
    public static final String NAME = "<name>";

    private final List<Key> keys;

    private KnownKeys(List<Key> keys) {
        this.keys = keys;
    }

    public static KnownKeys all() {
        List<Key> keys = new ArrayList<>();
        collect("evenkeel.", EvenkeelProperties.class, keys);
        return new KnownKeys(keys);
    }

    /** {@return the keys that each client or executor has, without what comes before them} */
    public static List<String> of(String section) {
        String prefix = "evenkeel." + section + "." + NAME + ".";
        return all().toList().stream()
                .filter(key -> key.startsWith(prefix))
                .map(key -> key.substring(prefix.length()))
                .toList();
    }

    // By what is bound, the parameters of its constructor: a native image knows these.
    private static void collect(String prefix, Class<?> record, List<Key> keys) {
        for (Parameter parameter : record.getDeclaredConstructors()[0].getParameters()) {
            String key = prefix + nameOf(parameter);
            ResolvableType type = ResolvableType.forType(parameter.getParameterizedType());
            boolean map = type.toClass() == Map.class;
            Class<?> valueType = map ? type.getGeneric(1).toClass() : type.toClass();
            String element = map ? key + "." + NAME : key;
            if (valueType.isRecord()) {
                collect(element + ".", valueType, keys);
            } else {
                keys.add(new Key(List.of(element.split("\\.")), valueType));
            }
        }
    }

    private static String nameOf(Parameter parameter) {
        Name name = parameter.getAnnotation(Name.class);
        return (name != null) ? name.value() : DataObjectPropertyName.toDashedForm(parameter.getName());
    }

    public List<String> toList() {
        return this.keys.stream().map(Key::text).toList();
    }

    /** {@return the type of the values of a key, if there is the key, in whatever spelling} */
    public Optional<Class<?>> typeOf(ConfigurationPropertyName key) {
        return this.keys.stream()
                .filter(known -> known.is(key))
                .<Class<?>>map(Key::type)
                .findFirst();
    }

    /** {@return whether there are keys below one that is none itself} */
    public boolean isSection(ConfigurationPropertyName key) {
        return below(key).findAny().isPresent();
    }

    /** {@return the keys below a section, with the names that it has} */
    public Stream<String> below(ConfigurationPropertyName section) {
        return this.keys.stream()
                .filter(known -> known.isBelow(section))
                .map(known -> known.elements().subList(section.getNumberOfElements(), known.size()))
                .map(rest -> spell(section) + "." + String.join(".", rest));
    }

    /**
     * Says whether an environment variable may be that of a key. It has the same sign between the words of an element as
     * between elements, so where a name ends is unknown.
     *
     * @param variable what Spring Boot makes of its name
     */
    public boolean mayBe(ConfigurationPropertyName variable) {
        return this.keys.stream().anyMatch(known -> known.mayBe(variable));
    }

    /** {@return a key as it is spelt here, with names as they are written; one that is unknown as it is written} */
    public String spell(ConfigurationPropertyName key) {
        List<String> spelling = this.keys.stream()
                .filter(known -> known.is(key) || known.isBelow(key))
                .map(Key::elements)
                .findFirst()
                .orElse(List.of());
        return IntStream.range(0, key.getNumberOfElements())
                .mapToObj(index ->
                        (index < spelling.size() && !spelling.get(index).equals(NAME))
                                ? spelling.get(index)
                                : key.getElement(index, Form.ORIGINAL))
                .collect(Collectors.joining("."));
    }

    private record Key(List<String> elements, Class<?> type) {

        String text() {
            return String.join(".", this.elements);
        }

        int size() {
            return this.elements.size();
        }

        boolean is(ConfigurationPropertyName key) {
            return key.getNumberOfElements() == size() && beginsWith(key);
        }

        boolean isBelow(ConfigurationPropertyName section) {
            return section.getNumberOfElements() < size() && beginsWith(section);
        }

        private boolean beginsWith(ConfigurationPropertyName key) {
            return IntStream.range(0, key.getNumberOfElements()).allMatch(index -> {
                String element = this.elements.get(index);
                return element.equals(NAME) || relaxed(element).equals(relaxed(key.getElement(index, Form.UNIFORM)));
            });
        }

        boolean mayBe(ConfigurationPropertyName variable) {
            int name = this.elements.indexOf(NAME);
            if (name < 0) {
                return relaxed(variable.toString()).equals(relaxed(text()));
            }
            String end = relaxed(String.join("", this.elements.subList(name + 1, size())));
            boolean named = end.endsWith(NAME);
            String fixed = named ? end.substring(0, end.length() - NAME.length()) : end;
            return relaxed(variable.toString()).startsWith(relaxed(String.join("", this.elements.subList(0, name))))
                    && IntStream.range(name + 1, variable.getNumberOfElements())
                            .mapToObj(first -> relaxed(variable.subName(first).toString()))
                            .anyMatch(rest -> rest.equals(fixed) || (named && rest.startsWith(fixed)));
        }

        private static String relaxed(String text) {
            return text.replaceAll("[-._]", "").toLowerCase(Locale.ROOT);
        }
    }
}
