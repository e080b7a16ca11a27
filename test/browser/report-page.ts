import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';

/** What a page asked for, and said, while it was looked at. */
export interface Seen {
  readonly page: Page;
  readonly requests: string[];
  readonly messages: string[];
}

/** Opens a file as a reader would, and keeps what it asks for and complains of. */
export async function openReport(
  browser: Browser,
  place: string,
  scheme: 'light' | 'dark',
  width: number,
): Promise<Seen> {
  const page = await browser.newPage();
  const seen: Seen = { page, requests: [], messages: [] };
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('console', (message) => seen.messages.push(message.text()));
  page.on('pageerror', (error) => seen.messages.push(String(error)));
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(place.startsWith('http:') ? place : pathToFileURL(place).href);
  return seen;
}

/** Elements that stick out to the right of the window, and how wide the page is. */
export function overflow(page: Page): Promise<{ wide: number; window: number; sticking: string[] }> {
  return page.evaluate(() => {
    const window = document.documentElement.clientWidth;
    const sticking = Array.from(document.querySelectorAll('main *')).filter(
      (one) => one.getBoundingClientRect().right > window + 1,
    );
    return {
      wide: document.documentElement.scrollWidth,
      window,
      sticking: sticking.slice(0, 5).map((one) => one.outerHTML.slice(0, 120)),
    };
  });
}

/** Letters of figures that their picture cuts off. */
export function clippedLetters(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll('svg')).flatMap((svg) => {
      const frame = svg.getBoundingClientRect();
      return Array.from(svg.querySelectorAll('text')).flatMap((text) => {
        const { left, right, top, bottom, width } = text.getBoundingClientRect();
        const inside =
          left >= frame.left - 1 && right <= frame.right + 1 && top >= frame.top - 1 && bottom <= frame.bottom + 1;
        return width === 0 || inside ? [] : [text.textContent];
      });
    }),
  );
}

export interface Contrast {
  readonly text: string;
  readonly ratio: number;
}

/**
 * The contrast of every text with what lies below it, by WCAG's formula: in HTML the nearest background, in a picture the
 * filled shapes in front of which it stands.
 */
export function contrasts(page: Page): Promise<Contrast[]> {
  return page.evaluate(() => {
    type Rgba = [number, number, number, number];
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const parse = (colour: string): Rgba => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r!, g!, b!, a! / 255];
    };
    const over = ([r, g, b, a]: Rgba, [R, G, B]: Rgba): Rgba => [
      r * a + R * (1 - a),
      g * a + G * (1 - a),
      b * a + B * (1 - a),
      1,
    ];
    const luminance = ([r, g, b]: Rgba): number => {
      const [x, y, z] = [r, g, b].map((c) =>
        c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
    };
    const ratio = (a: Rgba, b: Rgba): number => {
      const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
      return (light + 0.05) / (dark + 0.05);
    };
    const behind = (element: Element | null): Rgba => {
      if (!element) return [255, 255, 255, 1];
      const colour = parse(getComputedStyle(element).backgroundColor);
      return colour[3] === 1 ? colour : over(colour, behind(element.parentElement));
    };
    const shapesBelow = (text: Element, svg: Element): Rgba => {
      const { left, top, width, height } = text.getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      let below = behind(svg);
      for (const shape of Array.from(svg.querySelectorAll('path, rect'))) {
        if (shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_PRECEDING) break;
        const box = shape.getBoundingClientRect();
        const style = getComputedStyle(shape);
        if (style.fill === 'none' || x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
        const [r, g, b, a] = parse(style.fill);
        below = over([r, g, b, a * Number(style.fillOpacity) * Number(style.opacity)], below);
      }
      return below;
    };
    const seen: { text: string; ratio: number }[] = [];
    for (const text of Array.from(document.querySelectorAll('svg text'))) {
      if (text.textContent.trim() === '') continue;
      const below = shapesBelow(text, text.closest('svg')!);
      seen.push({ text: text.textContent, ratio: ratio(over(parse(getComputedStyle(text).fill), below), below) });
    }
    const walker = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement!;
      if (node.textContent!.trim() === '' || element.closest('svg, style, script')) continue;
      const below = behind(element);
      seen.push({
        text: node.textContent!.trim().slice(0, 40),
        ratio: ratio(over(parse(getComputedStyle(element).color), below), below),
      });
    }
    return seen;
  });
}
