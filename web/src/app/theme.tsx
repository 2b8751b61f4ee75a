import "@mantine/core/styles/default-css-variables.layer.css";
import "@mantine/core/styles/baseline.layer.css";
import "@mantine/core/styles/global.layer.css";
import "@mantine/core/styles/UnstyledButton.layer.css";
import "@mantine/core/styles/Button.layer.css";
import "@mantine/core/styles/CloseButton.layer.css";
import "@mantine/core/styles/Input.layer.css";
import "@mantine/core/styles/InlineInput.layer.css";
import "@mantine/core/styles/Checkbox.layer.css";
import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Menu.layer.css";
import "@mantine/core/styles/ModalBase.layer.css";
import "@mantine/core/styles/Modal.layer.css";
import "@mantine/core/styles/Drawer.layer.css";
import "@mantine/core/styles/Overlay.layer.css";
import "@mantine/core/styles/Paper.layer.css";
import "@mantine/core/styles/ScrollArea.layer.css";
import "./tokens.css";
import "./global.css";
import "./mantine.css";
import {
  Button, Checkbox, createTheme, Drawer, Input, MantineProvider, type CSSVariablesResolver, type MantineColorSchemeManager, Menu, Modal, NativeSelect, Textarea, TextInput,
} from "@mantine/core";
import type { ReactNode } from "react";
import { SCHEME_KEY, schemeOf } from "./scheme";

const input = { classNames: { input: "cf-input", label: "cf-label", description: "cf-help", error: "cf-error" } };
const sheet = {
  classNames: { content: "cf-sheet", header: "cf-sheet-head", title: "cf-sheet-title", body: "cf-sheet-body" },
  // The scroll lock writes a style element without a nonce, which the Content-Security-Policy refuses.
  defaultProps: { lockScroll: false, transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.5 }, closeButtonProps: { "aria-label": "Close" } },
};

const theme = createTheme({
  fontFamily: "var(--cf-font)",
  fontFamilyMonospace: "var(--cf-mono)",
  defaultRadius: "var(--cf-r-2)",
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Button: Button.extend({ defaultProps: { variant: "default" }, classNames: { root: "cf-button" } }),
    Input: Input.extend(input),
    InputWrapper: Input.Wrapper.extend({ classNames: { label: "cf-label", description: "cf-help", error: "cf-error" } }),
    TextInput: TextInput.extend(input),
    Textarea: Textarea.extend(input),
    NativeSelect: NativeSelect.extend(input),
    Checkbox: Checkbox.extend({ classNames: { description: "cf-help", error: "cf-error" } }),
    Menu: Menu.extend({ classNames: { dropdown: "cf-menu", item: "cf-menu-item", label: "cf-menu-label" }, defaultProps: { transitionProps: { duration: 0 }, position: "bottom-end", withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({ ...sheet, defaultProps: { ...sheet.defaultProps, centered: true } }),
    Drawer: Drawer.extend(sheet),
    // Their element is a header, which outside of a page's main part would be a second banner.
    ModalHeader: Modal.Header.extend({ defaultProps: { role: "presentation" } }),
    DrawerHeader: Drawer.Header.extend({ defaultProps: { role: "presentation" } }),
  },
});

const colors = {
  "--mantine-color-body": "var(--cf-bg)",
  "--mantine-color-text": "var(--cf-ink)",
  "--mantine-color-bright": "var(--cf-ink)",
  "--mantine-color-dimmed": "var(--cf-ink-3)",
  "--mantine-color-placeholder": "var(--cf-ink-3)",
  "--mantine-color-anchor": "var(--cf-accent)",
  "--mantine-color-error": "var(--s-danger)",
  "--mantine-color-default": "var(--cf-surface)",
  "--mantine-color-default-hover": "var(--cf-sunken)",
  "--mantine-color-default-color": "var(--cf-ink)",
  "--mantine-color-default-border": "var(--cf-control-line)",
  "--mantine-primary-color-filled": "var(--cf-accent)",
  "--mantine-primary-color-filled-hover": "var(--cf-accent)",
};

const resolver: CSSVariablesResolver = () => ({ variables: {}, light: colors, dark: colors });

/** Keeps the choice where `theme.js`, which runs before the first paint, reads it. */
function schemeManager(): MantineColorSchemeManager {
  let listener: ((event: StorageEvent) => void) | undefined;
  return {
    get: (fallback) => {
      try {
        return schemeOf(localStorage.getItem(SCHEME_KEY));
      } catch {
        return fallback;
      }
    },
    set: (value) => {
      try {
        localStorage.setItem(SCHEME_KEY, value);
      } catch {
        // Without storage the choice lasts as long as the page.
      }
    },
    subscribe: (onUpdate) => {
      listener = (event) => {
        if (event.key === SCHEME_KEY) onUpdate(schemeOf(event.newValue));
      };
      window.addEventListener("storage", listener);
    },
    unsubscribe: () => {
      if (listener) window.removeEventListener("storage", listener);
    },
    clear: () => localStorage.removeItem(SCHEME_KEY),
  };
}

const manager = schemeManager();
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

export function Themed({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={manager} cssVariablesResolver={resolver} getStyleNonce={() => nonce}>
      {children}
    </MantineProvider>
  );
}
