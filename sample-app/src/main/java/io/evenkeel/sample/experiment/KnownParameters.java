// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.MethodParameter;
import org.springframework.format.FormatterRegistry;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Refuses parameters that an experiment does not have: a slip of the pen would run it with other numbers than meant. */
@Component
class KnownParameters implements HandlerInterceptor, WebMvcConfigurer {

    /** Adds Spring Boot's converters, which take an enum in small letters too. */
    @Override
    public void addFormatters(FormatterRegistry registry) {
        ApplicationConversionService.configure(registry);
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/experiments/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && method.getBeanType() == ExperimentController.class) {
            List<String> known = Arrays.stream(method.getMethodParameters())
                    .filter(parameter -> parameter.hasParameterAnnotation(RequestParam.class))
                    .map(KnownParameters::nameOf)
                    .toList();
            if (!known.isEmpty()) {
                request.getParameterMap().forEach((name, values) -> check(name, values, known));
            }
        }
        return true;
    }

    private static String nameOf(MethodParameter parameter) {
        RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
        return (annotation != null && !annotation.name().isEmpty())
                ? annotation.name()
                : parameter.getParameter().getName();
    }

    private static void check(String name, String[] values, List<String> known) {
        if (!known.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no parameter '%s'; there are %s".formatted(name, String.join(", ", known)));
        }
        if (values.length > 1) {
            throw new IllegalArgumentException(
                    "%s must be given once, but is given %d times".formatted(name, values.length));
        }
    }
}
