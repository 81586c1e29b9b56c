"""Printed rules, margins and frames: found in the ink and taken out of the page."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from segmentation.enhance import Grey, Ink
from segmentation.rule_frames import find_frames
from segmentation.rule_lines import Rule, RulesConfig, ThinInk, find_lying
from segmentation.rule_removal import clear_crossing, erase_rule

__all__ = ["Rule", "Rules", "RulesConfig", "find_rules", "remove_rules"]


@dataclass(frozen=True)
class Rules:
    """The rules of a page of `shape` (height, width)."""

    shape: tuple[int, int]
    horizontal: tuple[Rule, ...] = ()
    vertical: tuple[Rule, ...] = ()

    def mask(self) -> Ink:
        """Return the area of all rules, bool of the page's shape."""
        drawn = np.zeros(self.shape, dtype=np.uint8)
        for rule in self.horizontal + self.vertical:
            corners = np.round(np.array(rule.points)).astype(np.int32)
            cv2.polylines(drawn, [corners], False, 1, max(1, round(rule.thickness)))
        return drawn.view(np.bool_)


def find_rules(ink: Ink, config: RulesConfig | None = None) -> Rules:
    """Find the rules of a page: ruled lines solid, dotted or interrupted, margins, frames.

    Parameters
    ----------
    ink
        bool (h, w), True = ink, level to within three degrees.
    config
        Defaults where None.
    """
    config = config or RulesConfig()
    turned_ink = np.ascontiguousarray(ink.T)
    horizontal = find_lying(ThinInk.of(ink, config.thickest), config)
    vertical = find_lying(ThinInk.of(turned_ink, config.thickest), config)
    bars, posts = find_frames(
        ThinInk.of(ink, config.thickest_frame),
        ThinInk.of(turned_ink, config.thickest_frame),
        horizontal,
        vertical,
        round(config.shortest_frame * max(ink.shape)),
    )
    height, width = ink.shape
    turned = tuple(rule.turned() for rule in vertical + posts)
    return Rules((height, width), tuple(horizontal + bars), turned)


def remove_rules(flat: Grey, ink: Ink, rules: Rules) -> tuple[Grey, Ink]:
    """Return page and ink without the rules; strokes that cross or sit on a rule stay whole.

    Parameters
    ----------
    flat
        uint8 (h, w), evenly lit.
    ink
        bool (h, w), True = ink.
    rules
        What `find_rules` found in `ink`.

    Returns
    -------
    flat, ink
        New arrays: rules turned to paper (255) and not ink.

    Raises
    ------
    ValueError
        If the three are not of one shape.
    """
    if not flat.shape == ink.shape == rules.shape:
        raise ValueError(f"page {flat.shape}, ink {ink.shape} and rules {rules.shape} differ")
    flat, ink = flat.copy(), ink.copy()
    for rule in rules.horizontal:
        erase_rule(flat, ink, rule)
    for rule in rules.vertical:
        erase_rule(flat.T, ink.T, rule.turned())
    for lying in rules.horizontal:
        for standing in rules.vertical:
            clear_crossing(flat, ink, lying, standing)
    return flat, ink
