// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.support;

import io.evenkeel.sample.upstream.Side;
import java.util.function.Consumer;
import java.util.function.Function;

/** One value for each side. */
public record BySide<T>(T stock, T evenkeel) {

    public static <T> BySide<T> of(Function<Side, T> value) {
        return new BySide<>(value.apply(Side.STOCK), value.apply(Side.EVENKEEL));
    }

    public T get(Side side) {
        return (side == Side.STOCK) ? stock : evenkeel;
    }

    public <R> BySide<R> map(Function<T, R> function) {
        return new BySide<>(function.apply(stock), function.apply(evenkeel));
    }

    public void forEach(Consumer<T> action) {
        action.accept(stock);
        action.accept(evenkeel);
    }
}
