/** The product's mark: a signal arm in a box. */
export function Mark() {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
      style={{ flex: 'none', marginInline: 6 }}
    >
      <rect x="1.5" y="1.5" width="17" height="17" rx="4" />
      <path d="M6 14V6.500h7.500L6.8 14H14" strokeLinejoin="round" strokeLinecap="round" />
      <circle cx="6" cy="6.5" r="1.2" fill="var(--sb-accent)" stroke="none" />
    </svg>
  );
}
